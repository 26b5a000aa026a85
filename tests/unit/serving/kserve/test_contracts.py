"""The KServe adapters held to the ports' contracts, over a cluster in memory. The lab holds them to it for real."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.deployer_contract import MODEL, DeployerContract
from contract.router_contract import RouterContract
from regrow.cluster.kinds import DEPLOYMENT, INFERENCE_SERVICE
from regrow.errors import Corrupt, NotFound
from regrow.rollout.traffic import Arm
from regrow.serving.kserve.deployer import KServeDeployer
from regrow.serving.kserve.names import endpoint
from regrow.serving.kserve.router import HttpRouteRouter
from regrow.serving.port import Deployer, Router, Served
from regrow.store.folder import FolderStore
from support.kserve_twin import SETTINGS, KServeTwin
from support.serving_models import put_model

NAMESPACE = SETTINGS.namespace


@pytest.fixture
def twin() -> KServeTwin:
    return KServeTwin()


class TestKServeDeployer(DeployerContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> FolderStore:
        return FolderStore(tmp_path / "store")

    @pytest.fixture
    def artifacts(self, store: FolderStore, tmp_path: Path) -> tuple[str, str]:
        return put_model(store, tmp_path / "one", 1), put_model(store, tmp_path / "two", 2, prefix="model/")

    @pytest.fixture
    def deployer(self, twin: KServeTwin, store: FolderStore) -> Deployer:
        return KServeDeployer(twin.cluster, SETTINGS, store, pause=lambda seconds: twin.step())

    @pytest.fixture(autouse=True)
    def _steps(self, twin: KServeTwin) -> None:
        self.twin = twin

    def until_ready(self, deployer: Deployer, served: Served) -> None:
        assert not deployer.ready(served).ready
        self.twin.step()
        assert deployer.ready(served).ready, deployer.ready(served).reason

    def test_its_size_grows_without_another_template_and_is_held_again(
        self, deployer: Deployer, artifacts: tuple[str, str], twin: KServeTwin
    ) -> None:
        def sizes() -> tuple[int, int]:
            found = twin.cluster.get(INFERENCE_SERVICE, "flights-a", NAMESPACE)
            assert found is not None
            return found["spec"]["predictor"]["minReplicas"], found["spec"]["predictor"]["maxReplicas"]

        def template() -> object:
            twin.step()
            found = twin.cluster.get(DEPLOYMENT, "flights-a-predictor", NAMESPACE)
            assert found is not None
            return found["spec"]["template"]

        served = deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        assert sizes() == (2, 2)
        before = template()
        deployer.autoscale(served)
        assert sizes() == (2, 5)
        twin.cluster.happen(DEPLOYMENT, "flights-a-predictor", NAMESPACE, spec={"replicas": 4})
        deployer.autoscale(served, allowed=False)
        assert sizes() == (4, 4), "it keeps what load made of it"
        assert template() == before

    def test_files_that_are_not_there_or_not_right_leave_the_slot_as_it_was(
        self, deployer: Deployer, artifacts: tuple[str, str], tmp_path: Path
    ) -> None:
        served = deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        for path in (tmp_path / "store").rglob("*"):
            if path.is_file() and b"lightgbm-text" in path.read_bytes():
                path.chmod(0o600)
                path.write_bytes(path.read_bytes() + b"?")
        with pytest.raises(Corrupt):
            deployer.deploy(MODEL, "b", "1.1.0", artifacts[1])
        with pytest.raises(NotFound):
            deployer.deploy(MODEL, "a", "1.1.0", "0" * 64)
        assert deployer.running(MODEL) == (served,)

    def test_settings_that_changed_since_do_not_touch_a_slot_that_runs_what_is_asked(
        self, deployer: Deployer, artifacts: tuple[str, str], twin: KServeTwin, store: FolderStore
    ) -> None:
        deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        before = twin.cluster.get(INFERENCE_SERVICE, "flights-a", NAMESPACE)
        other = KServeDeployer(twin.cluster, SETTINGS.model_copy(update={"cpu": "1"}), store)
        other.deploy(MODEL, "a", "1.0.0", artifacts[0])
        assert twin.cluster.get(INFERENCE_SERVICE, "flights-a", NAMESPACE) == before


class TestHttpRouteRouter(RouterContract):
    @pytest.fixture(autouse=True)
    def _serving(self, twin: KServeTwin, tmp_path: Path) -> None:
        self.twin = twin
        store = FolderStore(tmp_path / "store")
        deployer = KServeDeployer(twin.cluster, SETTINGS, store)
        for slot in ("a", "b"):
            deployer.deploy(MODEL, slot, "1.0.0", put_model(store, tmp_path / slot))  # type: ignore[arg-type]
        twin.step()

    @pytest.fixture
    def router(self, twin: KServeTwin) -> Router:
        return _Stepping(twin)

    @pytest.fixture
    def arms(self) -> tuple[Arm, Arm]:
        return (
            Arm(slot="a", endpoint=endpoint(MODEL, "a", NAMESPACE), version="1.0.0", weight=100),
            Arm(slot="b", endpoint=endpoint(MODEL, "b", NAMESPACE), version="1.1.0", weight=0),
        )

    def send(self, router: Router, requests: int) -> None:
        for _ in range(requests):
            self.twin.send(MODEL)


class _Stepping(HttpRouteRouter):
    """The gateway sees a route as soon as somebody looks."""

    def __init__(self, twin: KServeTwin) -> None:
        super().__init__(twin.cluster, SETTINGS, ask=twin.ask)
        self._twin = twin

    def applied(self, plan: object) -> bool:
        self._twin.step()
        return super().applied(plan)  # type: ignore[arg-type]
