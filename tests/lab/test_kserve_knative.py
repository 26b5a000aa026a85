"""KServe's Knative mode against a real API server and KServe's own webhooks: objects only, for no Knative runs here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.serving_place import ServingPlace, serving_place
from regrow.cluster.kinds import DEPLOYMENT, INFERENCE_SERVICE
from regrow.errors import Conflict, Refused
from regrow.rollout.traffic import Arm, TrafficPlan
from regrow.serving.kserve.knative import endpoint
from regrow.serving.kserve.knative_deployer import KnativeDeployer
from regrow.serving.kserve.knative_router import KnativeRouter
from regrow.serving.kserve.open import mode
from support.serving_models import put_model

pytestmark = pytest.mark.lab

MODEL = "lab-knative"


@pytest.fixture(scope="module")
def place(facts: Any) -> Iterator[ServingPlace]:
    found = serving_place(facts)
    _clear(found)
    yield found
    _clear(found)


def _clear(place: ServingPlace) -> None:
    place.cluster.delete(INFERENCE_SERVICE, MODEL, place.settings.namespace)
    place.clear(MODEL)


def test_where_no_knative_is_the_mode_is_standard_and_asking_for_it_is_refused(place: ServingPlace) -> None:
    assert mode(place.cluster, place.settings) == "standard"
    with pytest.raises(Refused, match="does not know Knative's Services"):
        mode(place.cluster, place.settings.model_copy(update={"mode": "knative"}))


def test_kserve_takes_its_objects_and_a_plan_changes_one_number(place: ServingPlace, tmp_path: Path) -> None:
    deployer = KnativeDeployer(place.cluster, place.settings, place.store)
    router = KnativeRouter(place.cluster, place.settings)
    artifact = put_model(place.store, tmp_path / "files")
    first = deployer.deploy(MODEL, "a", "1.0.0", artifact)
    assert deployer.running(MODEL) == (first,)
    assert not deployer.ready(first).ready
    deployer.deploy(MODEL, "b", "1.1.0", artifact)
    where = endpoint(MODEL, place.settings)
    plan = TrafficPlan(version=2, model=MODEL, arms=(Arm(slot="b", endpoint=where, version="1.1.0", weight=100),))
    router.apply(plan)
    router.apply(plan)
    found = place.cluster.get(INFERENCE_SERVICE, MODEL, place.settings.namespace)
    assert found is not None
    assert found["spec"]["predictor"]["canaryTrafficPercent"] == 100
    assert found["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] == "Knative"
    assert not router.applied(plan), "no Knative has moved any traffic"
    with pytest.raises(Conflict, match="expected 1, found 2"):
        router.apply(plan.model_copy(update={"version": 1}))
    assert place.cluster.get(DEPLOYMENT, f"{MODEL}-predictor", place.settings.namespace) is None
    deployer.remove(MODEL, "b")
    assert deployer.running(MODEL) == ()
