"""One slot as an InferenceService, and back."""

from __future__ import annotations

import pytest

from regrow.errors import UsageError
from regrow.serving.kserve import names
from regrow.serving.kserve.objects import Size, free, held, inference_service, resized, served_by
from regrow.serving.port import Served
from regrow.settings import KServeSettings

SETTINGS = KServeSettings()
SERVED = Served(
    model="flights-delay",
    slot="b",
    version="1.2.0",
    artifact="ab" * 32,
    endpoint="flights-delay-b-predictor.regrow-serving.svc:80",
)


def test_a_slot_is_an_inference_service_of_its_own_out_of_callers_reach() -> None:
    found = inference_service(SETTINGS, SERVED)
    assert found["metadata"]["name"] == "flights-delay-b"
    assert found["metadata"]["namespace"] == "regrow-serving"
    assert found["metadata"]["labels"]["networking.kserve.io/visibility"] == "cluster-local"
    assert found["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] == "Standard"
    model = found["spec"]["predictor"]["model"]
    assert (model["modelFormat"], model["runtime"]) == ({"name": "regrow"}, "regrow-predictor")
    assert model["storageUri"] == f"regrow://{'ab' * 32}"
    env = {one["name"]: one["value"] for one in model["env"]}
    told = ("REGROW_PREDICTOR_MODEL", "REGROW_PREDICTOR_VERSION", "REGROW_PREDICTOR_SLOT")
    assert [env[name] for name in told] == ["flights-delay", "1.2.0", "b"]


def test_what_an_inference_service_serves_is_read_back_from_it() -> None:
    found = inference_service(SETTINGS, SERVED)
    assert served_by(found) == SERVED
    assert served_by({"metadata": {**found["metadata"], "deletionTimestamp": "2026-03-01T00:00:00Z"}}) is None
    assert served_by({"metadata": {"name": "somebody-elses", "namespace": "regrow-serving"}}) is None


def test_the_size_is_held_during_a_rollout_and_free_within_limits_afterwards() -> None:
    predictor = inference_service(SETTINGS, SERVED)["spec"]["predictor"]
    assert (predictor["minReplicas"], predictor["maxReplicas"]) == (2, 2)
    utilization = {
        one["resource"]["name"]: one["resource"]["target"]["averageUtilization"]
        for one in predictor["autoScaling"]["metrics"]
    }
    assert utilization == {"cpu": 70, "memory": 80}
    assert (held(SETTINGS), free(SETTINGS)) == (Size(2, 2), Size(2, 5))
    assert free(SETTINGS.model_copy(update={"replicas": 9})) == Size(9, 9)


def test_another_size_changes_nothing_else_of_a_live_object() -> None:
    live = inference_service(SETTINGS, SERVED)
    live["metadata"] |= {"uid": "1", "resourceVersion": "7", "managedFields": []}
    live["spec"]["predictor"]["model"]["name"] = "defaulted by somebody"
    live["status"] = {"conditions": []}
    found = resized(live, Size(2, 5))
    assert found is not None
    assert found.keys() == {"metadata", "spec"}
    assert found["metadata"].keys() == {"name", "namespace", "labels", "annotations"}
    assert found["metadata"]["annotations"] == live["metadata"]["annotations"]
    assert found["spec"]["predictor"] == {**live["spec"]["predictor"], "maxReplicas": 5}
    assert resized(live, Size(2, 2)) is None


@pytest.mark.parametrize("model", ["Flights", "1st", "a" * 47, "two words", ""])
def test_a_name_that_kubernetes_has_no_room_for_is_told(model: str) -> None:
    with pytest.raises(UsageError, match="cannot be served on KServe: lower case letters"):
        inference_service(SETTINGS, SERVED.model_copy(update={"model": model}))


def test_names_fit_into_a_label_of_kserves() -> None:
    assert len(f"isvc.{names.predictor('a' * names.LONGEST, 'a')}") == 63
    assert names.service_of(SERVED.endpoint) == ("flights-delay-b-predictor", 80)
