"""Why a pod will never serve, in words, from what Kubernetes says about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from regrow.cluster.port import Object
from regrow.serving.bring import TRANSIENT_EXIT
from regrow.serving.kserve.names import BRINGS

IMAGE_PATIENCE = timedelta(seconds=90)
"""A registry may be away for a moment; a pod that waits longer for its image has a wrong one."""
NO_IMAGE = frozenset({"ErrImagePull", "ImagePullBackOff"})
NEVER = frozenset({"ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError"})
SENTENCES = frozenset({1, 2, 3, 4})
"""Ends of ours with one sentence, which another start would only say again."""


def failure(pods: Iterable[Object], now: datetime) -> str | None:
    """The first pod's trouble that no patience mends; None where there is none."""
    return next((words for pod in pods for words in _of_pod(pod, now)), None)


def waiting(pods: Iterable[Object]) -> str | None:
    """What the pods still wait for."""
    return next((words for pod in pods for words in _wait(pod)), None)


def _of_pod(pod: Object, now: datetime) -> Iterator[str]:
    age = now - datetime.fromisoformat(pod["metadata"]["creationTimestamp"])
    for container in _containers(pod):
        yield from _of_container(pod["metadata"]["name"], container, age)


def _of_container(pod: str, container: Object, age: timedelta) -> Iterator[str]:
    waits = container.get("state", {}).get("waiting") or {}
    reason, told = waits.get("reason", ""), waits.get("message", "")
    if reason in NEVER or (reason in NO_IMAGE and age > IMAGE_PATIENCE):
        yield f"pod {pod} cannot start {container['image']}: {reason}{_colon(told)}"
    ended = _last_end(container)
    if ended is None or ended.get("exitCode", 0) == 0:
        return
    words = _last_words(ended)
    if ended.get("reason") == "OOMKilled":
        yield f"pod {pod} needs more memory than its limit: {container['name']} was ended by the kernel (OOMKilled)"
    elif container["name"] == BRINGS:
        # Exit 20: the store is away, and Kubernetes starts it again until it is back.
        if ended["exitCode"] != TRANSIENT_EXIT:
            yield f"the model's files were refused in pod {pod}: {words}"
    elif ended["exitCode"] in SENTENCES:
        yield f"the predictor in pod {pod} ended: {words}"
    elif reason == "CrashLoopBackOff":
        yield f"the predictor in pod {pod} crashes again and again (exit {ended['exitCode']}): {words}"


def _wait(pod: Object) -> Iterator[str]:
    for condition in pod.get("status", {}).get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            yield f"no node has room for pod {pod['metadata']['name']}: {condition.get('message', '')}"
    for container in _containers(pod):
        waits = container.get("state", {}).get("waiting") or {}
        ended = _last_end(container) or {}
        if container["name"] == BRINGS and ended.get("exitCode") == TRANSIENT_EXIT:
            yield f"the model's files cannot be brought for now: {_last_words(ended)}"
        elif waits.get("reason", "") in NO_IMAGE:
            yield f"pod {pod['metadata']['name']} waits for the image {container['image']}"


def _containers(pod: Object) -> Iterator[Object]:
    status = pod.get("status", {})
    yield from status.get("initContainerStatuses", [])
    yield from status.get("containerStatuses", [])


def _last_end(container: Object) -> Object | None:
    """How the container ended last, while it has not come up again since."""
    state = container.get("state", {})
    if "running" in state and container.get("ready"):
        return None
    found: Object | None = state.get("terminated") or container.get("lastState", {}).get("terminated")
    return found


def _last_words(ended: Object) -> str:
    lines = ended.get("message", "").strip().splitlines()
    return lines[-1][:500] if lines else f"exit {ended.get('exitCode')} without a word"


def _colon(text: str) -> str:
    return f": {text}" if text else ""
