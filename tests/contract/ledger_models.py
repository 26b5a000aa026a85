"""What every ledger does with model versions and champions."""

from __future__ import annotations

from functools import partial

import pytest

from contract.ledger_values import NOON, a_version, actions, at_once
from regrow.errors import Conflict, NotFound
from regrow.ledger.port import Ledger


class ModelsContract:
    def promote(self, ledger: Ledger, version: str, seen: int) -> int:
        champion = ledger.models.promote(
            "flights", version, seen_epoch=seen, actor="coordinator", reason="better", at=NOON
        )
        return champion.epoch

    def test_a_version_comes_back_as_it_was_added(self, ledger: Ledger) -> None:
        ledger.models.add(a_version(), "coordinator", "first")
        assert ledger.models.versions("flights") == (a_version(),)
        assert ledger.models.versions("trains") == ()

    def test_versions_come_in_order_of_registration(self, ledger: Ledger) -> None:
        for number in ("1.10.0", "1.9.0", "2.0.0"):
            ledger.models.add(a_version(number), "coordinator", "")
        assert [version.version for version in ledger.models.versions()] == ["1.10.0", "1.9.0", "2.0.0"]

    def test_adding_a_record_again_returns_its_first_version(self, ledger: Ledger) -> None:
        first = ledger.models.add(a_version(), "coordinator", "")
        assert ledger.models.add(a_version("1.0.1", record=first.record), "coordinator", "") == first
        assert actions(ledger) == ["model.registered"]

    def test_a_taken_version_number_is_a_conflict(self, ledger: Ledger) -> None:
        ledger.models.add(a_version(), "coordinator", "")
        with pytest.raises(Conflict):
            ledger.models.add(a_version(record="another"), "coordinator", "")
        assert len(ledger.models.versions()) == 1

    def test_two_models_may_have_the_same_version_number(self, ledger: Ledger) -> None:
        ledger.models.add(a_version(), "coordinator", "")
        ledger.models.add(a_version(model="trains"), "coordinator", "")
        assert [version.model for version in ledger.models.versions()] == ["flights", "trains"]

    def test_a_model_has_no_champion_at_first(self, ledger: Ledger) -> None:
        assert ledger.models.champion("flights") is None

    def test_a_promoted_version_is_the_champion(self, ledger: Ledger) -> None:
        ledger.models.add(a_version(), "coordinator", "")
        assert self.promote(ledger, "1.0.0", 0) == 1
        champion = ledger.models.champion("flights")
        assert champion is not None
        assert (champion.version, champion.epoch, champion.since) == ("1.0.0", 1, NOON)

    def test_promoting_on_an_old_epoch_is_a_conflict_and_changes_nothing(self, ledger: Ledger) -> None:
        for number in ("1.0.0", "1.1.0", "1.2.0"):
            ledger.models.add(a_version(number), "coordinator", "")
        self.promote(ledger, "1.0.0", 0)
        self.promote(ledger, "1.1.0", 1)
        with pytest.raises(Conflict):
            self.promote(ledger, "1.2.0", 1)
        champion = ledger.models.champion("flights")
        assert champion is not None
        assert champion.version == "1.1.0"
        assert actions(ledger).count("champion.promoted") == 2

    def test_promoting_the_champion_again_changes_nothing(self, ledger: Ledger) -> None:
        ledger.models.add(a_version(), "coordinator", "")
        assert self.promote(ledger, "1.0.0", 0) == self.promote(ledger, "1.0.0", 0) == 1
        assert actions(ledger, "flights@1.0.0") == ["model.registered", "champion.promoted"]

    def test_an_unknown_version_cannot_be_promoted(self, ledger: Ledger) -> None:
        with pytest.raises(NotFound):
            self.promote(ledger, "1.0.0", 0)
        assert ledger.models.champion("flights") is None

    def test_a_promotion_tells_whom_it_replaces(self, ledger: Ledger) -> None:
        for number in ("1.0.0", "1.1.0"):
            ledger.models.add(a_version(number), "coordinator", "")
        self.promote(ledger, "1.0.0", 0)
        self.promote(ledger, "1.1.0", 1)
        last = ledger.audit.entries("flights@1.1.0")[-1]
        assert (last.actor, last.reason, last.details) == ("coordinator", "better", {"epoch": 2, "previous": "1.0.0"})

    def test_of_many_promotions_at_once_one_wins(self, ledger: Ledger) -> None:
        numbers = [f"1.{minor}.0" for minor in range(4)]
        for number in numbers:
            ledger.models.add(a_version(number), "coordinator", "")
        for epoch in range(3):
            champion = ledger.models.champion("flights")
            others = [number for number in numbers if champion is None or number != champion.version]
            outcomes = at_once(partial(self.promote, ledger, seen=epoch), others)
            assert [type(outcome) for outcome in outcomes if outcome != epoch + 1] == [Conflict] * (len(others) - 1)
        assert actions(ledger).count("champion.promoted") == 3
