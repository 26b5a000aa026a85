"""KServe's Deployer and the HTTPRoute's Router, held to the ports' contracts by real controllers and a real gateway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from contract.deployer_contract import MODEL, DeployerContract
from contract.router_contract import RouterContract
from lab.serving_place import ServingPlace, serving_place
from regrow.cluster.kinds import DEPLOYMENT, HPA, HTTP_ROUTE
from regrow.errors import Conflict
from regrow.rollout.traffic import Arm, TrafficPlan
from regrow.serving.kserve.open import lacks
from regrow.serving.kserve.route import http_route
from regrow.serving.port import Deployer, Router, Served
from support.serving_models import ROW, put_model
from support.waiting import wait_for

pytestmark = pytest.mark.lab

MODELS = (MODEL, "flights-a", "iris")
READY_SECONDS = 150


@pytest.fixture(scope="module")
def place(facts: Any) -> Iterator[ServingPlace]:
    found = serving_place(facts)
    found.clear(*MODELS)
    yield found
    found.clear(*MODELS)


@pytest.fixture(scope="module")
def stored(place: ServingPlace, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("models")
    return put_model(place.store, folder / "one", 1), put_model(place.store, folder / "two", 2, prefix="model/")


def test_the_cluster_has_all_that_serving_takes(place: ServingPlace) -> None:
    assert lacks(place.cluster, place.settings, "standard") == ()


class TestKServeDeployer(DeployerContract):
    @pytest.fixture
    def artifacts(self, stored: tuple[str, str]) -> tuple[str, str]:
        return stored

    @pytest.fixture
    def deployer(self, place: ServingPlace) -> Iterator[Deployer]:
        yield place.deployer()
        place.clear(*MODELS)

    def until_ready(self, deployer: Deployer, served: Served) -> None:
        def ready() -> bool:
            found = deployer.ready(served)
            assert not found.failed, found.reason
            return found.ready

        wait_for(ready, READY_SECONDS, f"{served.version} ready", pause=0.5)

    def test_scaling_by_itself_changes_kserves_autoscaler_and_neither_template_nor_pods(
        self, deployer: Deployer, artifacts: tuple[str, str], place: ServingPlace
    ) -> None:
        def seen() -> tuple[Any, set[str]]:
            found = place.cluster.get(DEPLOYMENT, "flights-a-predictor", place.settings.namespace)
            assert found is not None
            return found["spec"]["template"], {pod["metadata"]["uid"] for pod in place.pods(MODEL, "a")}

        def most(wanted: int) -> None:
            wait_for(lambda: _autoscaler(place)["spec"]["maxReplicas"] == wanted, 30, f"at most {wanted} replicas")

        served = deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        self.until_ready(deployer, served)
        before = seen()
        for allowed, wanted in ((True, 3), (False, 1)):
            deployer.autoscale(served, allowed)
            most(wanted)
            assert seen() == before
        assert deployer.ready(served).ready


@pytest.fixture(scope="module")
def served(place: ServingPlace, stored: tuple[str, str]) -> Iterator[tuple[Served, ...]]:
    deployer = place.deployer()
    found = (
        deployer.deploy(MODEL, "a", "1.0.0", stored[0]),
        deployer.deploy(MODEL, "b", "1.1.0", stored[1]),
    )
    for one in found:
        wait_for(lambda one=one: deployer.ready(one).ready, READY_SECONDS, f"{one.version} ready", pause=0.5)
    yield found
    place.clear(*MODELS)


class TestHttpRouteRouter(RouterContract):
    @pytest.fixture
    def router(self, place: ServingPlace) -> Iterator[Router]:
        yield place.router()
        for model in MODELS:
            place.cluster.delete(HTTP_ROUTE, model, place.settings.namespace)

    @pytest.fixture
    def arms(self, served: tuple[Served, Served]) -> tuple[Arm, Arm]:
        first, second = served
        return (
            Arm(slot="a", endpoint=first.endpoint, version=first.version, weight=100),
            Arm(slot="b", endpoint=second.endpoint, version=second.version, weight=0),
        )

    def send(self, router: Router, requests: int) -> None:
        url = router.address(MODEL)
        for _ in range(requests):
            address = url.replace(f"/v2/models/{MODEL}", f"/v1/models/{MODEL}:predict")
            # A caller cannot call itself a probe: it is counted.
            answer = httpx.post(address, json={"instances": [ROW]}, headers={"x-regrow-probe": "1"}, trust_env=False)
            assert answer.status_code == 200, answer.text

    def test_of_two_that_read_the_same_route_one_is_refused(
        self, router: Router, arms: tuple[Arm, Arm], place: ServingPlace
    ) -> None:
        self.in_force(router, self.plan(1, arms[0]))
        seen = place.cluster.get(HTTP_ROUTE, MODEL, place.settings.namespace)
        assert seen is not None
        router.apply(self.plan(2, arms[0]))
        late = http_route(place.settings, self.plan(3, arms[0]))
        late["metadata"]["resourceVersion"] = seen["metadata"]["resourceVersion"]
        with pytest.raises(Conflict):
            place.cluster.apply(HTTP_ROUTE, late, force=True)

    def test_shares_are_kept_within_what_chance_allows(self, router: Router, arms: tuple[Arm, Arm]) -> None:
        before = router.observed_split(MODEL)
        first, second = (arm.model_copy(update={"weight": weight}) for arm, weight in zip(arms, (90, 10), strict=True))
        self.in_force(router, TrafficPlan(version=1, model=MODEL, arms=(first, second)))
        self.send(router, 300)
        after = router.observed_split(MODEL)
        got = {slot: after[slot] - before[slot] for slot in after}
        assert sum(got.values()) == 300
        # 30 expected; outside of 12 to 53 by chance once in 100,000 times.
        assert 12 <= got["b"] <= 53


def _autoscaler(place: ServingPlace) -> Any:
    found = place.cluster.get(HPA, "flights-a-predictor", place.settings.namespace)
    assert found is not None
    return found
