"""Records, their uses, and leases in memory."""

from __future__ import annotations

from datetime import timedelta

from regrow.errors import NotFound
from regrow.ledger import rules, telling
from regrow.ledger.clock import Clock
from regrow.ledger.memory_audit import MemoryAudit, through_json
from regrow.ledger.port import Lease, StepRecord, Use


class MemoryLeases:
    def __init__(self, audit: MemoryAudit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock
        self._states: dict[str, rules.LeaseState] = {}

    def acquire(self, name: str, holder: str, ttl: timedelta) -> Lease:
        with self._audit.lock:
            now, before = self._clock(), self.state(name)
            state = rules.taken(name, holder, ttl, now, before)
            self._states[name] = state
            lease = Lease(name=name, epoch=state.epoch, holder=holder)
            if before.holder not in ("", holder):
                self._audit.tell(telling.lease_taken_over(lease, before.holder, now))
            return lease

    def renew(self, lease: Lease, ttl: timedelta) -> None:
        with self._audit.lock:
            rules.must_hold(lease, self.state(lease.name))
            self._states[lease.name] = rules.LeaseState(lease.epoch, lease.holder, self._clock() + ttl)

    def release(self, lease: Lease) -> None:
        with self._audit.lock:
            state = self.state(lease.name)
            if rules.holds(lease, state):
                self._states[lease.name] = rules.released(state, self._clock())

    def state(self, name: str) -> rules.LeaseState:
        return self._states.get(name, rules.FREE)


class MemoryRecords:
    def __init__(self, audit: MemoryAudit, leases: MemoryLeases) -> None:
        self._audit = audit
        self._leases = leases
        self._records: dict[str, StepRecord] = {}
        self._uses: dict[tuple[str, str, str], Use] = {}

    def find(self, fingerprint: str) -> StepRecord | None:
        return self._records.get(fingerprint)

    def append(self, record: StepRecord, lease: Lease) -> StepRecord:
        with self._audit.lock:
            rules.must_hold(lease, self._leases.state(lease.name))
            kept = self._records.get(record.fingerprint)
            if kept is None:
                kept = self._records[record.fingerprint] = through_json(record)
                self._audit.tell(telling.step_recorded(record, lease))
            self.reuse(rules.first_use(record, kept))
            return kept

    def reuse(self, use: Use) -> None:
        with self._audit.lock:
            if use.fingerprint not in self._records:
                raise NotFound("record", use.fingerprint)
            place = (use.run_id, use.step, use.fingerprint)
            if place not in self._uses:
                self._uses[place] = through_json(use)
                if use.reused:
                    self._audit.tell(telling.step_reused(use))

    def uses(
        self, *, run_id: str | None = None, pipeline: str | None = None, kind: str | None = None
    ) -> tuple[Use, ...]:
        with self._audit.lock:
            every = list(self._uses.values())
        found = (
            use
            for use in every
            if run_id in (None, use.run_id) and pipeline in (None, use.pipeline) and kind in (None, use.kind)
        )
        return tuple(sorted(found, key=lambda use: use.at))
