"""Steps in real pods: the contract of every runner, and the command that the pods run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from contract.runner_contract import RunnerContract, ask, quiet
from lab.node.facts import Facts
from lab.steps_place import StepsPlace, steps_place
from regrow.ledger.port import Ledger
from regrow.steps.runner import Runner
from regrow.store.port import Store

pytestmark = pytest.mark.lab


@pytest.fixture
def place(facts: Facts) -> Iterator[StepsPlace]:
    """A new one each: tests of a contract expect that nothing has run before."""
    with steps_place(facts) as found:
        yield found
        assert found.pods() == []


@pytest.fixture
def ledger(place: StepsPlace) -> Ledger:
    return place.ledger


@pytest.fixture
def store(place: StepsPlace) -> Store:
    return place.store


class TestPodRunner(RunnerContract):
    @pytest.fixture
    def runner(self, place: StepsPlace) -> Runner:
        return place.runner()

    @pytest.fixture
    def lose(self, place: StepsPlace) -> Callable[[str], None]:
        return place.lose

    def test_steps_of_one_kind_share_a_few_pods(self, place: StepsPlace) -> None:
        told: list[str] = []
        requests = [place.identified(ask(f"ask r{number}", seed=number)) for number in range(5)]
        results = place.runner(parallel=2).run(requests, told.append)
        assert [(result.step, result.succeeded) for result in results] == [(one.step, True) for one in requests]
        assert sum("runs in pod" in line for line in told) == 2

    def test_nothing_of_it_could_not_run_as_restricted(self, place: StepsPlace) -> None:
        """The namespace admits no other pods; the record says that it was a pod of this image's."""
        (result,) = place.runner().run([place.identified(ask())], quiet)
        record = place.ledger.records.find(result.fingerprint)
        assert record is not None
        assert record.host.startswith("toy-ask-")
