"""The fate of a pod that has not started: how long it may wait depends on what it waits for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from regrow.cluster.port import Object
from regrow.settings import KubernetesSettings
from regrow.steps.pods.fates import Fate
from regrow.steps.pods.reading import asked, both, condition, container_state, moment, one_line, warned

IMAGE = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    }
)
HOPELESS = frozenset({"InvalidImageName"})
"""What no waiting mends."""
CONFIG = frozenset({"CreateContainerConfigError"})
START = frozenset({"CreateContainerError", "RunContainerError"})


def waiting(pod: Object, events: Sequence[Object], now: datetime, settings: KubernetesSettings) -> Fate:
    scheduled = condition(pod, "PodScheduled")
    if scheduled is None or scheduled["status"] != "True":
        return _for_a_node(pod, scheduled, events, now, settings)
    waited = (now - moment(scheduled["lastTransitionTime"])).total_seconds()
    state = container_state(pod, "waiting")
    reason, message = state.get("reason", ""), both(one_line(state.get("message", "")), warned(events))
    if reason in IMAGE:
        limit = 0.0 if reason in HOPELESS else settings.image_seconds
        return _until(limit, waited, _image(pod, reason, message, limit))
    if reason in CONFIG:
        return _until(settings.image_seconds, waited, _config(pod, message, settings))
    if reason in START:
        return _until(settings.image_seconds, waited, _start(f"its container cannot be made ({message})", retry=False))
    if waited > settings.pending_seconds:
        what = f"its node did not start it within {settings.pending_seconds:g} s"
        return _start(f"{what} ({message or 'no reason is known'})", retry=True)
    return Fate(kind="running", sentence=warned(events))


def _for_a_node(
    pod: Object, scheduled: Object | None, events: Sequence[Object], now: datetime, settings: KubernetesSettings
) -> Fate:
    waited = (now - moment(pod["metadata"]["creationTimestamp"])).total_seconds()
    said = one_line((scheduled or {}).get("message", "")) or warned(events) or "no scheduler has looked at it"
    sentence = (
        f"no node took its pod within {settings.pending_seconds:g} s: {said}; it asks for {asked(pod)}"
        f"{_chosen(pod)}; ask for less in spec.pods, or give the cluster such a node"
    )
    given_up = Fate(kind="unschedulable", sentence=sentence)
    return given_up if waited > settings.pending_seconds else Fate(kind="running", sentence=f"no node yet: {said}")


def _until(limit: float, waited: float, given_up: Fate) -> Fate:
    return given_up if waited > limit else Fate(kind="running", sentence=given_up.sentence)


def _image(pod: Object, reason: str, message: str, limit: float) -> Fate:
    image = pod["spec"]["containers"][0]["image"]
    within = f" within {limit:g} s" if limit else ""
    sentence = (
        f"its image {image} could not be had{within} ({reason}: {message}); "
        "check REGROW_KUBERNETES__IMAGE, and that the nodes may pull it"
    )
    return Fate(kind="image", sentence=sentence)


def _config(pod: Object, message: str, settings: KubernetesSettings) -> Fate:
    namespace = pod["metadata"]["namespace"]
    sentence = (
        f"its container cannot be configured ({message}), which did not change within {settings.image_seconds:g} s; "
        f"the Secret {settings.secret} with the ledger's and the store's addresses must be in namespace {namespace}"
    )
    return Fate(kind="config", sentence=sentence)


def _start(what: str, *, retry: bool) -> Fate:
    return Fate(kind="start_error", sentence=what, retry=retry)


def _chosen(pod: Object) -> str:
    """Which nodes it wants at all."""
    selector = pod["spec"].get("nodeSelector") or {}
    labels = ", ".join(f"{name}={value}" for name, value in sorted(selector.items()))
    return f" on a node with {labels}" if labels else ""
