"""From everything that a cluster says about a slot to one sentence."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regrow.cluster.port import Object, Response
from regrow.serving.bring import storage_uri
from regrow.serving.kserve import names
from regrow.serving.kserve.objects import inference_service
from regrow.serving.kserve.readiness import Seen, readiness
from regrow.serving.port import Readiness, Served
from regrow.settings import KServeSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = KServeSettings()
SERVED = Served(
    model="flights",
    slot="a",
    version="1.2.0",
    artifact="ab" * 32,
    endpoint="flights-a-predictor.regrow-serving.svc:80",
)
ANNOTATIONS = {names.VERSION: "1.2.0", names.ARTIFACT: "ab" * 32, names.SOURCE: storage_uri("ab" * 32)}
YES = Response(status=200, headers={"x-served-version": "1.2.0"}, body=b"{}")


def service(**status: Any) -> Object:
    return {
        **inference_service(SETTINGS, SERVED),
        "status": {"modelStatus": {"transitionStatus": "UpToDate"}, **status},
    }


def deployment(**status: Any) -> Object:
    counts = dict.fromkeys(("replicas", "updatedReplicas", "availableReplicas"), 2)
    return {
        "metadata": {"generation": 4},
        "spec": {"replicas": 2, "template": {"metadata": {"annotations": dict(ANNOTATIONS)}}},
        "status": {"observedGeneration": 4, **counts, **status},
    }


def pod(age: float = 5, **status: Any) -> Object:
    created = (NOW - timedelta(seconds=age)).isoformat()
    return {
        "metadata": {"name": "flights-a-1", "creationTimestamp": created, "annotations": dict(ANNOTATIONS)},
        "status": status,
    }


def container(name: str = names.MAIN_CONTAINER, **parts: Any) -> Object:
    return {"name": name, "image": "localhost/regrow-predictor:dev", **parts}


def ended(code: int, message: str = "", reason: str = "Error") -> Object:
    return {"terminated": {"exitCode": code, "message": message, "reason": reason}}


def found(**changes: Any) -> Readiness:
    seen = {"inference_service": service(), "deployment": deployment(), "pods": (), "now": NOW, "answer": YES}
    return readiness(SERVED, Seen(**{**seen, **changes}))  # type: ignore[arg-type]


def test_ready_is_who_answered_a_prediction_as_this_version() -> None:
    assert found() == Readiness(ready=True, reason="flights@1.2.0 answered a prediction")
    other = Response(status=200, headers={"x-served-version": "1.1.0"}, body=b"{}")
    assert found(answer=other).reason.endswith("serves version 1.1.0, not 1.2.0")
    assert found(answer=None) == Readiness(ready=False, reason="no prediction was asked of it yet")
    away = Response(status=503, headers={}, body=b"no endpoints available")
    assert found(answer=away).reason.endswith("with 503: no endpoints available")


def without_source() -> Object:
    stale = deployment()
    stale["spec"]["template"]["metadata"]["annotations"][names.SOURCE] = storage_uri("cd" * 32)
    return stale


def of_version(version: str) -> Object:
    stale = deployment()
    stale["spec"]["template"]["metadata"]["annotations"][names.VERSION] = version
    return stale


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"deployment": None}, "KServe has not made its Deployment yet"),
        ({"deployment": without_source()}, "KServe has not taken over the new files yet"),
        ({"deployment": of_version("1.1.0")}, "KServe has not taken over the new version yet"),
        ({"deployment": deployment(observedGeneration=3)}, "Kubernetes has not looked at its Deployment yet"),
        ({"deployment": deployment(updatedReplicas=1)}, "2 of 2 replicas answer their health checks"),
        ({"deployment": deployment(replicas=3)}, "2 of 2 replicas answer their health checks"),
        ({"deployment": deployment(availableReplicas=1)}, "1 of 2 replicas answer their health checks"),
        ({"inference_service": service(modelStatus={})}, "KServe says that the model is unknown"),
        (
            {"inference_service": service(modelStatus={"transitionStatus": "InProgress"})},
            "KServe says that the model is InProgress",
        ),
    ],
)
def test_what_it_waits_for_is_told(changes: dict[str, Any], words: str) -> None:
    assert found(**changes) == Readiness(ready=False, reason=words)


def test_a_second_replica_that_no_autoscaler_asked_for_yet_is_waited_for() -> None:
    one = deployment(replicas=1, updatedReplicas=1, availableReplicas=1)
    one["spec"]["replicas"] = 1
    told = "1 of 2 replicas answer their health checks; KServe's autoscaler has asked for 1 only"
    assert found(deployment=one) == Readiness(ready=False, reason=told)


def test_a_slot_that_serves_nothing_or_something_else_never_will() -> None:
    assert found(inference_service=None) == Readiness(ready=False, failed=True, reason="slot a of flights runs nothing")
    other = copy.deepcopy(service())
    other["metadata"]["annotations"][names.VERSION] = "1.3.0"
    assert found(inference_service=other).reason == "slot a of flights runs 1.3.0, not 1.2.0"


OOM = ended(137, reason="OOMKilled")
LOOP = {"waiting": {"reason": "CrashLoopBackOff"}}


@pytest.mark.parametrize(
    ("status", "age", "words"),
    [
        (
            {
                "containerStatuses": [
                    container(state={"waiting": {"reason": "ErrImageNeverPull", "message": "not present"}})
                ]
            },
            1,
            "pod flights-a-1 cannot start localhost/regrow-predictor:dev: ErrImageNeverPull: not present",
        ),
        (
            {"containerStatuses": [container(state={"waiting": {"reason": "ImagePullBackOff"}})]},
            91,
            "pod flights-a-1 cannot start localhost/regrow-predictor:dev: ImagePullBackOff",
        ),
        (
            {"containerStatuses": [container(state=LOOP, lastState=OOM)]},
            5,
            "needs more memory than its limit: kserve-container was ended by the kernel (OOMKilled)",
        ),
        (
            {
                "initContainerStatuses": [
                    container(names.BRINGS, state=ended(1, "x\nmodel.txt should hash to a, but b"))
                ]
            },
            5,
            "the model's files were refused in pod flights-a-1: model.txt should hash to a",
        ),
        (
            {"containerStatuses": [container(state=LOOP, lastState=ended(1, "no such format"))]},
            5,
            "the predictor in pod flights-a-1 ended: no such format",
        ),
        (
            {"containerStatuses": [container(state=LOOP, lastState=ended(139))]},
            5,
            "crashes again and again (exit 139): exit 139 without a word",
        ),
    ],
    ids=["no image here", "no image anywhere", "out of memory", "files refused", "refused by itself", "crash loop"],
)
def test_what_no_patience_mends_has_failed_in_words(status: dict[str, Any], age: float, words: str) -> None:
    result = found(pods=(pod(age, **status),), deployment=deployment(availableReplicas=0))
    assert (result.ready, result.failed) == (False, True)
    assert words in result.reason


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (
            {"containerStatuses": [container(state={"waiting": {"reason": "ErrImagePull"}})]},
            "pod flights-a-1 waits for the image localhost/regrow-predictor:dev",
        ),
        (
            {"initContainerStatuses": [container(names.BRINGS, state=ended(20, "S3 does not answer"))]},
            "the model's files cannot be brought for now: S3 does not answer",
        ),
        (
            {"conditions": [{"type": "PodScheduled", "status": "False", "message": "0/1 nodes: Insufficient cpu"}]},
            "no node has room for pod flights-a-1: 0/1 nodes: Insufficient cpu",
        ),
        ({"containerStatuses": [container(state={"running": {}}, lastState=ended(137), ready=False)]}, "0 of 2"),
    ],
    ids=["image for a moment", "store away", "no room", "killed once"],
)
def test_what_may_pass_is_waited_for_in_words(status: dict[str, Any], words: str) -> None:
    result = found(pods=(pod(**status),), deployment=deployment(availableReplicas=0))
    assert (result.ready, result.failed) == (False, False)
    assert words in result.reason


def test_the_pods_of_the_version_before_say_nothing_about_this_one() -> None:
    old = pod(containerStatuses=[container(state=LOOP, lastState=ended(1, "old trouble"))])
    old["metadata"]["annotations"][names.VERSION] = "1.1.0"
    assert found(pods=(old,)).ready


def test_a_container_that_came_up_again_is_well() -> None:
    again = container(state={"running": {}}, ready=True, lastState=ended(137, reason="OOMKilled"))
    assert found(pods=(pod(containerStatuses=[again]),)).ready


def test_pods_that_nobody_lets_start_are_told_and_a_quota_may_pass() -> None:
    def broken(message: str) -> Object:
        return deployment(conditions=[{"type": "ReplicaFailure", "status": "True", "message": message}])

    never = found(deployment=broken('violates PodSecurity "restricted"'))
    assert (never.failed, never.reason) == (True, 'no pod may start: violates PodSecurity "restricted"')
    later = found(deployment=broken("forbidden: exceeded quota: serving"))
    assert (later.failed, later.reason) == (False, "it waits for the quota: forbidden: exceeded quota: serving")


def test_what_kserve_does_not_accept_is_told_with_what_brings_it() -> None:
    info = {"transitionStatus": "InvalidSpec", "lastFailureInfo": {"message": "Waiting for runtime"}}
    result = found(inference_service=service(modelStatus=info), deployment=None)
    assert result.failed
    assert result.reason.startswith("KServe does not accept it: Waiting for runtime; `kubectl apply -k k8s/kserve`")
