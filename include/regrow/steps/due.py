"""When a retraining is due, and on which partitions. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from regrow.frozen import Frozen
from regrow.spec.model import Retrain
from regrow.steps.graph import RunParams


class Due(Frozen):
    due: bool
    sentence: str
    partitions: tuple[str, ...] = ()
    """To train on, oldest first."""


def due(policy: Retrain, accepted: tuple[str, ...], trained_through: str | None, params: RunParams) -> Due:
    """`accepted` are the accepted partitions' keys; `trained_through` is the newest one of the last study, if any."""
    chosen = window(policy, accepted, params)
    if len(chosen) < policy.min_partitions:
        return Due(due=False, sentence=f"{len(chosen)} accepted partitions, {policy.min_partitions} are needed")
    newest = chosen[-1]
    if params.force:
        return Due(due=True, sentence=f"asked for by {params.actor or 'a person'}", partitions=chosen)
    if policy.every == "never":
        return Due(due=False, sentence="this pipeline is retrained only by hand or by its schedule")
    if trained_through is None:
        return Due(due=True, sentence=f"no study yet, {len(chosen)} partitions up to {newest}", partitions=chosen)
    if _closed(policy.every, newest) <= _closed(policy.every, trained_through):
        wait = {"partition": "a newer partition", "week": "the week's end", "month": "the month's end"}[policy.every]
        return Due(due=False, sentence=f"trained through {trained_through}, newest is {newest}: waits for {wait}")
    return Due(due=True, sentence=f"{newest} closes a {policy.every} after {trained_through}", partitions=chosen)


def window(policy: Retrain, accepted: tuple[str, ...], params: RunParams) -> tuple[str, ...]:
    """The accepted partitions between the asked dates, or the last `window_days` of them."""
    keys = sorted(accepted)
    if params.end is not None:
        keys = [key for key in keys if key <= params.end.isoformat()]
    start = params.start
    if start is None and policy.window_days is not None and keys and _is_day(keys[-1]):
        start = date.fromisoformat(keys[-1]) - timedelta(days=policy.window_days - 1)
    if start is not None:
        keys = [key for key in keys if key >= start.isoformat()]
    return tuple(keys)


def closes(policy: Retrain, key: str) -> bool:
    """True where a partition with this key ends a period, so that a retraining may be due after it."""
    if policy.every == "partition" or not _is_day(key):
        return True
    if policy.every == "never":
        return False
    before = (date.fromisoformat(key) - timedelta(days=1)).isoformat()
    return _closed(policy.every, key) != _closed(policy.every, before)


def _closed(every: str, key: str) -> str:
    """Grows when `key` is the last day of its week or month; a day that is skipped closes by the next one."""
    if every == "partition" or not _is_day(key):
        return key
    after = date.fromisoformat(key) + timedelta(days=1)
    if every == "week":
        year, week, _ = after.isocalendar()
        return f"{year:04d} {week:02d}"
    return f"{after.year:04d} {after.month:02d}"


def _is_day(key: str) -> bool:
    try:
        date.fromisoformat(key)
    except ValueError:
        return False
    return True
