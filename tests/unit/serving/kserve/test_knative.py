"""KServe's Knative mode, object by object; no Knative runs here, so what its controllers do is played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from regrow.cluster.kinds import INFERENCE_SERVICE
from regrow.cluster.memory import KINDS, MemoryCluster
from regrow.errors import Conflict, NotFound, Refused, Unreachable
from regrow.rollout.traffic import Arm, TrafficPlan
from regrow.serving.kserve.knative import REVISION
from regrow.serving.kserve.knative_deployer import KnativeDeployer
from regrow.serving.kserve.knative_router import KnativeRouter
from regrow.settings import KServeSettings
from regrow.store.folder import FolderStore
from support.serving_models import put_model

SETTINGS = KServeSettings()
NAMESPACE = SETTINGS.namespace
MODEL = "flights"


class Knative:
    """One model on a cluster that knows Knative's kinds."""

    def __init__(self, folder: Path) -> None:
        self.cluster = MemoryCluster((*KINDS, REVISION), namespaces=[NAMESPACE])
        store = FolderStore(folder / "store")
        self.artifact = put_model(store, folder / "files")
        self.deployer = KnativeDeployer(self.cluster, SETTINGS, store, patience=0.05, pause=lambda seconds: None)
        self.router = KnativeRouter(self.cluster, SETTINGS)

    def service(self) -> dict[str, Any]:
        found = self.cluster.get(INFERENCE_SERVICE, MODEL, NAMESPACE)
        assert found is not None
        return found

    def revision(self, name: str, before: str = "", share: int = 100) -> None:
        """A revision of the InferenceService as it is now becomes ready and gets its share."""
        meta = {"name": name, "namespace": NAMESPACE, "annotations": self.service()["metadata"]["annotations"]}
        self.cluster.create(REVISION, {"metadata": meta})
        self.shares(name, before, share)

    def shares(self, name: str, before: str, share: int) -> None:
        traffic = [{"revisionName": name, "latestRevision": True, "percent": share}]
        traffic += [{"revisionName": before, "percent": 100 - share, "tag": "prev"}] if before else []
        predictor = {
            "latestCreatedRevision": name,
            "latestReadyRevision": name,
            "latestRolledoutRevision": name if share == 100 else before,
            "traffic": traffic,
        }
        status = {"components": {"predictor": predictor}, "url": "http://flights.example.com"}
        self.cluster.happen(INFERENCE_SERVICE, MODEL, NAMESPACE, status=status)


@pytest.fixture
def knative(tmp_path: Path) -> Knative:
    return Knative(tmp_path)


def a_plan(version: int, a: int, b: int) -> TrafficPlan:
    arms = (
        Arm(slot="a", endpoint="flights-predictor.regrow-serving.svc:80", version="1.0.0", weight=a),
        Arm(slot="b", endpoint="flights-predictor.regrow-serving.svc:80", version="1.1.0", weight=b),
    )
    return TrafficPlan(version=version, model=MODEL, arms=arms)


def test_the_first_version_gets_everything_and_the_second_starts_without_a_share(knative: Knative) -> None:
    first = knative.deployer.deploy(MODEL, "a", "1.0.0", knative.artifact)
    assert "canaryTrafficPercent" not in knative.service()["spec"]["predictor"]
    assert not knative.deployer.ready(first).ready
    knative.revision("flights-1")
    assert knative.deployer.ready(first).reason == "Knative's revision flights-1 is ready"
    second = knative.deployer.deploy(MODEL, "b", "1.1.0", knative.artifact)
    assert knative.service()["spec"]["predictor"]["canaryTrafficPercent"] == 0
    assert knative.service()["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] == "Knative"
    knative.revision("flights-2", "flights-1", 0)
    assert knative.deployer.running(MODEL) == (first, second)
    assert knative.deployer.ready(first).ready
    assert knative.deployer.deploy(MODEL, "b", "1.1.0", knative.artifact) == second, "again is the same"


def test_a_plan_is_the_share_of_the_latest_revision_and_changes_nothing_else(knative: Knative) -> None:
    knative.deployer.deploy(MODEL, "a", "1.0.0", knative.artifact)
    knative.revision("flights-1")
    knative.deployer.deploy(MODEL, "b", "1.1.0", knative.artifact)
    knative.revision("flights-2", "flights-1", 0)
    before = knative.service()
    knative.router.apply(a_plan(3, 90, 10))
    after = knative.service()
    assert after["spec"]["predictor"].pop("canaryTrafficPercent") == 10
    assert before["spec"]["predictor"].pop("canaryTrafficPercent") == 0
    assert (after["spec"], after["metadata"]["annotations"]) == (before["spec"], before["metadata"]["annotations"])
    assert not knative.router.applied(a_plan(3, 90, 10)), "Knative has not moved its traffic yet"
    knative.shares("flights-2", "flights-1", 10)
    assert knative.router.applied(a_plan(3, 90, 10))
    assert not knative.router.applied(a_plan(3, 80, 20))
    assert knative.router.address(MODEL) == "http://flights.example.com/v2/models/flights"
    assert knative.router.observed_split(MODEL) == {"a": 0, "b": 0}


def test_an_older_plan_is_refused_and_so_is_one_that_this_mode_cannot_do(knative: Knative) -> None:
    with pytest.raises(NotFound, match="InferenceService of ours"):
        knative.router.apply(a_plan(1, 0, 100))
    knative.deployer.deploy(MODEL, "b", "1.1.0", knative.artifact)
    with pytest.raises(Unreachable, match="no address yet"):
        knative.router.address(MODEL)
    knative.router.apply(a_plan(5, 0, 100))
    knative.router.apply(a_plan(5, 0, 100))
    with pytest.raises(Conflict, match="expected 4, found 5"):
        knative.router.apply(a_plan(4, 0, 100))
    with pytest.raises(Refused, match="have to sum to 100"):
        knative.router.apply(a_plan(6, 50, 40))
    other = Arm(slot="b", endpoint="-:80", version="9.9.9", weight=100)
    with pytest.raises(Refused, match=r"slot b of flights runs 1\.1\.0, the plan says 9\.9\.9"):
        knative.router.apply(TrafficPlan(version=7, model=MODEL, arms=(other,)))


def test_the_last_version_takes_the_inference_service_with_it_and_others_end_by_themselves(knative: Knative) -> None:
    first = knative.deployer.deploy(MODEL, "a", "1.0.0", knative.artifact)
    knative.revision("flights-1")
    knative.deployer.deploy(MODEL, "b", "1.1.0", knative.artifact)
    knative.revision("flights-2", "flights-1", 0)
    knative.deployer.drain(first)
    knative.deployer.autoscale(first)
    knative.deployer.remove(MODEL, "a")
    assert knative.service()
    knative.shares("flights-2", "", 100)
    knative.deployer.remove(MODEL, "b")
    knative.deployer.remove(MODEL, "b")
    assert knative.deployer.running(MODEL) == ()
    gone = knative.deployer.ready(first)
    assert (gone.ready, gone.failed) == (False, True)


def test_a_model_that_cannot_be_loaded_has_failed_in_kserves_words(knative: Knative) -> None:
    served = knative.deployer.deploy(MODEL, "a", "1.0.0", knative.artifact)
    info = {"modelStatus": {"lastFailureInfo": {"message": "model.txt should hash to something else"}}}
    knative.cluster.happen(INFERENCE_SERVICE, MODEL, NAMESPACE, status=info)
    found = knative.deployer.ready(served)
    assert (found.failed, found.reason) == (True, "model.txt should hash to something else")
