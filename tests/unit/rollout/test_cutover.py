"""Which stages a cut-over has, from what runs and what is wanted."""

from __future__ import annotations

import pytest

from regrow.rollout.cutover import Candidate, restoring, stages
from regrow.rollout.explain import explain
from regrow.rollout.stages import (
    ApplyTraffic,
    Autoscale,
    AwaitApplied,
    AwaitReady,
    DeployStage,
    Drain,
    Hold,
    Remove,
    Settle,
)
from regrow.rollout.traffic import Slot
from regrow.serving.port import Served

OLD = Served(model="flights", slot="a", version="1.0.0", artifact="old", endpoint="127.0.0.1:1")
NEW = Candidate("1.1.0", "new")


def test_the_first_version_goes_to_slot_a() -> None:
    assert stages(None, NEW) == (
        DeployStage("a", "1.1.0", "new"),
        AwaitReady("a", "1.1.0"),
        ApplyTraffic((("a", 100),)),
        AwaitApplied(),
        Autoscale("a"),
    )


@pytest.mark.parametrize(("old", "new"), [("a", "b"), ("b", "a")])
def test_a_candidate_starts_in_the_free_slot_and_the_old_version_ends_last(old: Slot, new: Slot) -> None:
    champion = OLD.model_copy(update={"slot": old})
    assert stages(champion, NEW, frozenset({old})) == (
        Settle(),
        Hold(old),
        DeployStage(new, "1.1.0", "new"),
        AwaitReady(new, "1.1.0"),
        ApplyTraffic(tuple(sorted(((new, 100), (old, 0))))),
        AwaitApplied(),
        Drain(old),
        ApplyTraffic(((new, 100),)),
        AwaitApplied(),
        Remove(old),
        Autoscale(new),
    )


def test_a_slot_that_something_is_left_in_is_drained_before_it_is_used() -> None:
    begin = (Settle(), Hold("a"), Drain("b"), DeployStage("b", "1.1.0", "new"))
    assert stages(OLD, NEW, frozenset({"a", "b"}))[:4] == begin


def test_a_candidate_that_is_the_champion_only_has_left_overs_ended() -> None:
    again = Candidate("1.0.0", "old")
    begin = (DeployStage("a", "1.0.0", "old"), AwaitReady("a", "1.0.0"), Settle())
    traffic = (ApplyTraffic((("a", 100),)), AwaitApplied())
    assert stages(OLD, again, frozenset({"a"})) == (*begin, *traffic, Autoscale("a"))
    assert stages(OLD, again, frozenset({"a", "b"})) == (*begin, Drain("b"), *traffic, Remove("b"), Autoscale("a"))


def test_the_same_version_with_other_files_is_another_candidate() -> None:
    assert DeployStage("b", "1.0.0", "other") in stages(OLD, Candidate("1.0.0", "other"), frozenset({"a"}))


def test_a_restart_brings_back_the_slots_with_a_share_and_ends_the_others() -> None:
    assert restoring({"b": NEW}, {"a": 0, "b": 100}, frozenset({"a"})) == (
        DeployStage("b", "1.1.0", "new"),
        AwaitReady("b", "1.1.0"),
        ApplyTraffic((("b", 100),)),
        AwaitApplied(),
        Drain("a"),
        Remove("a"),
        Autoscale("b"),
    )


def test_two_slots_with_a_share_are_a_rollout_that_goes_on_and_keep_their_size() -> None:
    served = {"a": Candidate("1.0.0", "old"), "b": NEW}
    assert not any(isinstance(stage, Autoscale) for stage in restoring(served, {"a": 90, "b": 10}, frozenset()))


def test_stages_are_explained_in_words_one_line_each() -> None:
    assert explain(stages(OLD, NEW, frozenset({"a"}))).splitlines() == [
        "1. make the data plane follow the intent so far",
        "2. keep slot a at the size it has",
        "3. start 1.1.0 in slot b from the files new, verified by hash",
        "4. wait until slot b answers a prediction as 1.1.0",
        "5. send 0 % to slot a, 100 % to slot b",
        "6. wait until the data plane confirms it",
        "7. let the requests in flight to slot a finish",
        "8. send 100 % to slot b",
        "9. wait until the data plane confirms it",
        "10. end what runs in slot a",
        "11. let slot b scale by itself from now on",
    ]
