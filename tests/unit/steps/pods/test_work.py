"""How requests are spread over pods, and which pods are started once more."""

from __future__ import annotations

import pytest

from contract.runner_contract import ask
from regrow.steps.contract import StepRequest
from regrow.steps.pods.fates import Fate, FateKind
from regrow.steps.pods.work import Work, batches, starts_again


def of(kind: str, count: int) -> list[StepRequest]:
    return [ask(f"{kind} {n}").model_copy(update={"kind": kind}) for n in range(count)]


def test_each_trial_has_a_pod_of_its_own() -> None:
    assert [len(part) for part in batches(of("trial", 5), 2)] == [1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("count", "parallel", "sizes"), [(28, 4, [7, 7, 7, 7]), (5, 4, [2, 1, 1, 1]), (2, 4, [1, 1]), (0, 4, [])]
)
def test_other_kinds_share_a_few_pods_in_order(count: int, parallel: int, sizes: list[int]) -> None:
    requests = of("features", count)
    found = batches(requests, parallel)
    assert [len(part) for part in found] == sizes
    assert [one for part in found for one in part] == requests


def test_no_pod_has_two_kinds() -> None:
    found = batches([*of("features", 3), *of("split", 1), *of("trial", 2)], 1)
    assert [[one.kind for one in part] for part in found] == [["trial"], ["trial"], ["features"] * 3, ["split"]]


@pytest.mark.parametrize(
    ("kind", "attempt", "started", "again"),
    [
        ("evicted", 1, True, True),
        ("node_lost", 3, True, True),
        ("deleted", 4, True, False),
        ("transient", 1, True, False),
        ("transient", 1, False, True),
        ("oom_killed", 1, True, False),
        ("oom_killed", 1, False, True),
        ("failed", 1, False, False),
        ("succeeded", 1, False, False),
    ],
)
def test_what_is_started_once_more(kind: FateKind, attempt: int, started: bool, again: bool) -> None:
    work = Work([ask()], attempt=attempt, started=started)
    assert starts_again(work, Fate(kind=kind)) is again
