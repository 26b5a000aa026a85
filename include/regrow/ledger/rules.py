"""Decisions that every ledger makes alike: pure functions from what is kept to what is to be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from regrow.errors import Conflict, LeaseHeld, LeaseLost
from regrow.ledger.port import Champion, Lease, ModelVersion, Run, StepRecord, Use


@dataclass(frozen=True)
class LeaseState:
    """What is kept of a lease. `holder` is empty after a release."""

    epoch: int
    holder: str
    expires_at: datetime


FREE = LeaseState(0, "", datetime.min.replace(tzinfo=UTC))


def taken(name: str, holder: str, ttl: timedelta, now: datetime, state: LeaseState) -> LeaseState:
    """The state once `holder` has it. Raises LeaseHeld."""
    if state.holder not in ("", holder) and state.expires_at > now:
        left = (state.expires_at - now).total_seconds()
        raise LeaseHeld(name=name, holder=state.holder, seconds_left=left)
    return LeaseState(state.epoch + 1, holder, now + ttl)


def released(state: LeaseState, now: datetime) -> LeaseState:
    """The epoch moves on, so that late writes under the released lease are refused too."""
    return LeaseState(state.epoch + 1, "", now)


def holds(lease: Lease, state: LeaseState) -> bool:
    return (state.epoch, state.holder) == (lease.epoch, lease.holder)


def must_hold(lease: Lease, state: LeaseState) -> None:
    """An expired lease that nobody took is still safe to write under. Raises LeaseLost."""
    if not holds(lease, state):
        raise LeaseLost(name=lease.name, epoch=lease.epoch, current=state.epoch)


def first_use(record: StepRecord, kept: StepRecord) -> Use:
    """Of the run that appended `record`: a reuse where another run's record of the same fingerprint was first."""
    return Use(
        run_id=record.run_id,
        pipeline=record.pipeline,
        step=record.step,
        kind=record.kind,
        fingerprint=record.fingerprint,
        reused=kept.run_id != record.run_id,
        at=record.ended_at,
    )


def ended(run: Run, outcome: str, sentence: str, at: datetime) -> Run:
    return run.model_copy(update={"outcome": outcome, "sentence": sentence, "ended_at": at})


def must_be_free(version: ModelVersion, holder: ModelVersion | None) -> None:
    if holder is not None:
        raise Conflict(subject=f"{version.model}@{version.version}", expected="a free number", found=holder.record)


def next_champion(model: str, version: str, seen_epoch: int, at: datetime, current: Champion | None) -> Champion:
    """By compare-and-set on the epoch. Raises Conflict."""
    epoch = current.epoch if current else 0
    if epoch != seen_epoch:
        raise Conflict(subject=f"the champion of {model}", expected=f"epoch {seen_epoch}", found=f"epoch {epoch}")
    return Champion(model=model, version=version, epoch=epoch + 1, since=at)


def next_intent(model: str, seen: int, current: int) -> int:
    if current != seen:
        raise Conflict(subject=f"the traffic of {model}", expected=f"version {seen}", found=f"version {current}")
    return current + 1
