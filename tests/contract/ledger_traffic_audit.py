"""What every ledger does with the traffic's intent and with the audit."""

from __future__ import annotations

from datetime import timedelta, timezone
from functools import partial
from typing import Any

import pytest

from contract.ledger_values import NOON, a_run, actions, at_once
from regrow.errors import Conflict
from regrow.ledger.port import Ledger


class TrafficContract:
    def intend(self, ledger: Ledger, document: dict[str, Any], seen: int) -> int:
        return ledger.traffic.intend("flights", document, seen=seen, actor="watch", reason="stage 2", at=NOON)

    def test_a_model_has_no_intent_at_first(self, ledger: Ledger) -> None:
        assert ledger.traffic.intent("flights") is None

    def test_an_intent_comes_back_with_its_version(self, ledger: Ledger) -> None:
        assert self.intend(ledger, {"arms": [{"slot": "a", "weight": 100}]}, 0) == 1
        assert ledger.traffic.intent("flights") == (1, {"arms": [{"slot": "a", "weight": 100}]})

    def test_an_intent_is_replaced_by_who_has_seen_it(self, ledger: Ledger) -> None:
        self.intend(ledger, {"weight": 10}, 0)
        assert self.intend(ledger, {"weight": 50}, 1) == 2
        assert ledger.traffic.intent("flights") == (2, {"weight": 50})

    def test_an_intent_on_an_old_version_is_a_conflict_and_changes_nothing(self, ledger: Ledger) -> None:
        self.intend(ledger, {"weight": 10}, 0)
        with pytest.raises(Conflict):
            self.intend(ledger, {"weight": 50}, 0)
        assert ledger.traffic.intent("flights") == (1, {"weight": 10})
        assert actions(ledger, "flights") == ["traffic.intended"]

    def test_of_many_intents_at_once_one_wins(self, ledger: Ledger) -> None:
        for seen in range(3):
            documents = [{"weight": weight} for weight in range(4)]
            outcomes = at_once(partial(self.intend, ledger, seen=seen), documents)
            assert [type(outcome) for outcome in outcomes if outcome != seen + 1] == [Conflict] * 3
        assert actions(ledger, "flights") == ["traffic.intended"] * 3


class AuditContract:
    def note(self, ledger: Ledger, subject: str = "flights@1.0.0", **details: Any) -> int:
        entry = ledger.audit.note(
            actor="deployer", action="model.deployed", subject=subject, reason="promoted", details=details, at=NOON
        )
        return entry.seq

    def test_a_note_comes_back_as_it_was_written(self, ledger: Ledger) -> None:
        self.note(ledger, slot="b", port=9000)
        (entry,) = ledger.audit.entries()
        assert (entry.actor, entry.action, entry.subject) == ("deployer", "model.deployed", "flights@1.0.0")
        assert (entry.at, entry.details) == (NOON, {"slot": "b", "port": 9000})

    def test_entries_are_numbered_in_order(self, ledger: Ledger) -> None:
        numbers = [self.note(ledger, n=n) for n in range(3)]
        assert numbers == [1, 2, 3]
        assert [entry.details["n"] for entry in ledger.audit.entries()] == [0, 1, 2]

    def test_entries_are_found_by_subject(self, ledger: Ledger) -> None:
        self.note(ledger)
        self.note(ledger, "trains@1.0.0")
        assert [entry.subject for entry in ledger.audit.entries("trains@1.0.0")] == ["trains@1.0.0"]

    def test_a_limit_keeps_the_newest_entries_oldest_first(self, ledger: Ledger) -> None:
        for n in range(5):
            self.note(ledger, n=n)
        assert [entry.details["n"] for entry in ledger.audit.entries(limit=2)] == [3, 4]
        assert len(ledger.audit.entries(limit=50)) == 5

    def test_times_are_utc_and_aware_whatever_zone_they_came_in(self, ledger: Ledger) -> None:
        there = NOON.astimezone(timezone(timedelta(hours=5)))
        ledger.audit.note(actor="a", action="b.c", subject="d", reason="", details={}, at=there)
        (entry,) = ledger.audit.entries()
        assert entry.at == NOON
        assert entry.at.utcoffset() == timedelta(0)

    def test_a_time_without_a_zone_is_refused(self, ledger: Ledger) -> None:
        with pytest.raises(ValueError, match="has no time zone"):
            ledger.runs.start(a_run(started_at=NOON.replace(tzinfo=None)))
        assert ledger.runs.recent() == ()

    def test_notes_from_many_threads_are_all_kept_and_numbered_without_gaps(self, ledger: Ledger) -> None:
        at_once(lambda n: [self.note(ledger, n=n, i=i) for i in range(10)], list(range(4)))
        assert [entry.seq for entry in ledger.audit.entries()] == list(range(1, 41))
