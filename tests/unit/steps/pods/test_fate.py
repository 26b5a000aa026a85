"""Each end of a pod by its JSON: whose fault it was, in which words, and whether another try may help."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regrow.settings import KubernetesSettings
from regrow.steps.pods.fate import fate, gone

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SETTINGS = KubernetesSettings(pending_seconds=900, image_seconds=120)


def at(seconds_ago: float) -> str:
    return f"{NOW - timedelta(seconds=seconds_ago):%Y-%m-%dT%H:%M:%SZ}"


def a_pod(deleted: float | None = None, created: float = 10, **status: Any) -> dict[str, Any]:
    metadata = {"name": "p", "namespace": "steps", "creationTimestamp": at(created)}
    if deleted is not None:
        metadata["deletionTimestamp"] = at(deleted)
    container = {
        "name": "step",
        "image": "registry.example/trainer:1",
        "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
    }
    spec = {"nodeName": "n1", "containers": [container], "nodeSelector": {"pool": "gpu"}, "activeDeadlineSeconds": 90}
    return {"metadata": metadata, "spec": spec, "status": status}


def terminated(code: int, reason: str = "Error", message: str = "", **more: Any) -> dict[str, Any]:
    state = {"terminated": {"exitCode": code, "reason": reason, "message": message}}
    return {"phase": "Failed", "containerStatuses": [{"name": "step", "state": state}], **more}


def waiting(reason: str, seconds: float, message: str = "no such thing") -> dict[str, Any]:
    scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": at(seconds)}
    state = {"waiting": {"reason": reason, "message": message}}
    return {"phase": "Pending", "conditions": [scheduled], "containerStatuses": [{"name": "step", "state": state}]}


def disrupted(reason: str, message: str = "") -> list[dict[str, Any]]:
    return [{"type": "DisruptionTarget", "status": "True", "reason": reason, "message": message}]


def warning(message: str, at: str = "2026-01-01T11:59:00Z") -> dict[str, Any]:
    return {"type": "Warning", "message": message, "lastTimestamp": at, "metadata": {}}


UNSCHEDULABLE: dict[str, Any] = {
    "phase": "Pending",
    "conditions": [
        {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available: 3 Insufficient memory."}
    ],
}

ENDS = [
    pytest.param(a_pod(phase="Succeeded"), "succeeded", False, "", id="succeeded"),
    pytest.param(a_pod(**terminated(10)), "refused", False, "verdict", id="refused"),
    pytest.param(a_pod(**terminated(20)), "transient", True, "exit code 20", id="transient"),
    pytest.param(a_pod(**terminated(1)), "failed", False, "exit code 1;", id="failed"),
    pytest.param(a_pod(**terminated(139)), "transient", True, "signal 11 (SIGSEGV)", id="segmentation fault"),
    pytest.param(
        a_pod(**terminated(137, "OOMKilled")),
        "oom_killed",
        False,
        "more than its limit of 1Gi memory and was ended; raise spec.pods.memory",
        id="out of memory",
    ),
    pytest.param(
        a_pod(phase="Failed", reason="DeadlineExceeded", message="Pod was active on the node longer"),
        "deadline",
        False,
        "longer than 90 s",
        id="deadline",
    ),
    pytest.param(
        a_pod(**terminated(137, reason="Error"), reason="Evicted", message="The node was low on resource: memory."),
        "evicted",
        True,
        "from node n1 (The node was low on resource: memory.)",
        id="evicted by its node",
    ),
    pytest.param(
        a_pod(**terminated(20), deleted=0, conditions=disrupted("EvictionByEvictionAPI", "Eviction API: evicting")),
        "evicted",
        True,
        "Eviction API",
        id="drained",
    ),
    pytest.param(
        a_pod(**terminated(20), conditions=disrupted("PreemptionByScheduler", "preempted by a pod on node n1")),
        "evicted",
        True,
        "preempted",
        id="preempted",
    ),
    pytest.param(
        a_pod(phase="Failed", reason="OutOfcpu", message="Node didn't have enough resource: cpu"),
        "evicted",
        True,
        "did not take its pod (OutOfcpu",
        id="its node had no room after all",
    ),
    pytest.param(
        a_pod(phase="Failed", reason="NodeShutdown", message="Pod was terminated in response to node shutdown."),
        "node_lost",
        True,
        "its node n1 went away",
        id="its node was shut down",
    ),
    pytest.param(
        a_pod(deleted=61, phase="Running"), "node_lost", True, "should have ended 61 s ago", id="its node is silent"
    ),
    pytest.param(a_pod(**terminated(20), deleted=0), "deleted", True, "was deleted", id="deleted while it ran"),
    pytest.param(
        a_pod(**terminated(128, "StartError", 'exec: "python": executable file not found')),
        "start_error",
        False,
        'exec: "python"',
        id="no python in the image",
    ),
    pytest.param(
        a_pod(created=901, **UNSCHEDULABLE),
        "unschedulable",
        False,
        "no node took its pod within 900 s: 0/3 nodes are available: 3 Insufficient memory.; it asks for cpu 500m, "
        "memory 1Gi on a node with pool=gpu",
        id="no node has room",
    ),
    pytest.param(a_pod(created=901), "unschedulable", False, "no scheduler has looked at it", id="no scheduler"),
    *[
        pytest.param(
            a_pod(**waiting(reason, 121)), "image", False, f"within 120 s ({reason}: no such thing)", id=reason
        )
        for reason in ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull")
    ],
    pytest.param(
        a_pod(**waiting("InvalidImageName", 1)), "image", False, "registry.example/trainer:1", id="InvalidImageName"
    ),
    pytest.param(
        a_pod(**waiting("CreateContainerConfigError", 121, 'secret "regrow-steps" not found')),
        "config",
        False,
        'secret "regrow-steps" not found',
        id="no Secret",
    ),
    pytest.param(
        a_pod(**waiting("CreateContainerError", 121)), "start_error", False, "cannot be made", id="no container"
    ),
    pytest.param(
        a_pod(**waiting("ContainerCreating", 901)), "start_error", True, "did not start it within 900 s", id="stuck"
    ),
]


@pytest.mark.parametrize(("pod", "kind", "retry", "words"), ENDS)
def test_each_end_has_its_word_its_sentence_and_its_next_try(pod: Any, kind: str, retry: bool, words: str) -> None:
    found = fate(pod, (), NOW, SETTINGS)
    assert (found.kind, found.retry) == (kind, retry)
    assert found.over
    assert words in found.sentence


@pytest.mark.parametrize(
    ("pod", "words"),
    [
        pytest.param(a_pod(phase="Running"), "", id="running"),
        pytest.param(a_pod(created=899, **UNSCHEDULABLE), "no node yet: 0/3 nodes", id="a node may still come"),
        pytest.param(a_pod(**waiting("ErrImagePull", 119)), "could not be had", id="the image may still come"),
        pytest.param(a_pod(**waiting("CreateContainerConfigError", 119)), "Secret", id="the Secret may still come"),
        pytest.param(a_pod(**waiting("ContainerCreating", 119)), "", id="starting"),
        pytest.param(a_pod(deleted=59, phase="Running"), "being deleted", id="it may still end by itself"),
        pytest.param(a_pod(phase="Unknown"), "", id="its node is silent for now"),
    ],
)
def test_what_may_still_come_is_waited_for(pod: Any, words: str) -> None:
    found = fate(pod, (), NOW, SETTINGS)
    assert not found.over
    assert words in found.sentence
    assert bool(words) == bool(found.sentence)


def test_a_pod_that_is_gone_was_deleted_and_may_be_tried_again() -> None:
    assert (fate(None, (), NOW, SETTINGS).kind, gone(a_pod(phase="Running")).retry) == ("deleted", True)


def test_a_pod_that_went_after_an_eviction_was_evicted() -> None:
    assert gone(a_pod(phase="Running", conditions=disrupted("EvictionByEvictionAPI"))).kind == "evicted"


def test_the_latest_warning_says_more() -> None:
    events = [warning("newer", "2026-01-01T11:59:30Z"), warning("older"), {"type": "Normal", "message": "fine"}]
    assert "no such thing; newer)" in fate(a_pod(**waiting("ErrImagePull", 121)), events, NOW, SETTINGS).sentence


def test_a_warning_that_says_the_same_is_not_told_twice() -> None:
    pod = a_pod(**waiting("ErrImagePull", 121, "no such image"))
    assert fate(pod, [warning("Failed: no such image")], NOW, SETTINGS).sentence.count("no such image") == 1
