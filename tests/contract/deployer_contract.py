"""What every Deployer promises. A subclass brings `deployer` and `artifacts`: two digests that can be served."""

from __future__ import annotations

import pytest

from regrow.serving.port import Deployer, Served
from support.local_serving import wait_until

MODEL = "flights"


class DeployerContract:
    @pytest.fixture
    def deployer(self) -> Deployer:
        raise NotImplementedError

    @pytest.fixture
    def artifacts(self) -> tuple[str, str]:
        raise NotImplementedError

    def until_ready(self, deployer: Deployer, served: Served) -> None:
        wait_until(lambda: deployer.ready(served).ready, f"{served.version} ready", seconds=90)

    def test_a_slot_serves_what_was_deployed_until_it_is_removed(
        self, deployer: Deployer, artifacts: tuple[str, str]
    ) -> None:
        assert deployer.running(MODEL) == ()
        first = deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        self.until_ready(deployer, first)
        assert deployer.deploy(MODEL, "a", "1.0.0", artifacts[0]) == first, "again is the same"
        second = deployer.deploy(MODEL, "b", "1.1.0", artifacts[1])
        self.until_ready(deployer, second)
        assert first.endpoint != second.endpoint
        assert deployer.running(MODEL) == (first, second)
        deployer.drain(first)
        deployer.remove(MODEL, "a")
        deployer.remove(MODEL, "a")
        assert deployer.running(MODEL) == (second,)
        gone = deployer.ready(first)
        assert (gone.ready, gone.failed) == (False, True)

    def test_another_version_replaces_what_a_slot_serves(self, deployer: Deployer, artifacts: tuple[str, str]) -> None:
        deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        newer = deployer.deploy(MODEL, "a", "1.1.0", artifacts[1])
        self.until_ready(deployer, newer)
        assert deployer.running(MODEL) == (newer,)

    def test_scaling_by_itself_is_allowed_and_held_without_touching_what_runs(
        self, deployer: Deployer, artifacts: tuple[str, str]
    ) -> None:
        served = deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        self.until_ready(deployer, served)
        for allowed in (True, True, False):
            deployer.autoscale(served, allowed)
        gone = served.model_copy(update={"version": "0.9.0"})
        deployer.autoscale(gone)
        assert deployer.running(MODEL) == (served,)
        assert deployer.ready(served).ready

    def test_models_have_slots_of_their_own(self, deployer: Deployer, artifacts: tuple[str, str]) -> None:
        deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        assert deployer.running("iris") == ()
        deployer.remove("iris", "a")
        assert [served.version for served in deployer.running(MODEL)] == ["1.0.0"]
