"""Parts of a pod's JSON, and of its events', that the rest asks for by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from regrow.cluster.port import Object

CONTAINER = "step"
"""The one container of a step's pod."""


def condition(pod: Object, kind: str) -> Object | None:
    found = pod.get("status", {}).get("conditions") or []
    return next((one for one in found if one["type"] == kind), None)


def container_state(pod: Object, state: str) -> Object:
    """`waiting`, `running` or `terminated` of our container; empty where it is in another state."""
    statuses = pod.get("status", {}).get("containerStatuses") or []
    found: Object = next((one for one in statuses if one["name"] == CONTAINER), {})
    part: Object = found.get("state", {}).get(state) or {}
    return part


def last_message(pod: Object) -> str:
    """What the step left behind as its last words."""
    return str(container_state(pod, "terminated").get("message") or "")


def asked(pod: Object) -> str:
    """What the container asks for, in words: `cpu 500m, memory 1Gi`."""
    resources = pod["spec"]["containers"][0].get("resources", {})
    wanted = {**resources.get("requests", {}), **resources.get("limits", {})}
    return ", ".join(f"{name} {amount}" for name, amount in sorted(wanted.items()))


def moment(text: str) -> datetime:
    """A time as Kubernetes writes it."""
    return datetime.fromisoformat(text)


def warned(events: Sequence[Object]) -> str:
    """The message of the latest warning."""
    warnings = [event for event in events if event.get("type") == "Warning" and event.get("message")]
    latest = max(warnings, key=_seen, default=None)
    return one_line(str(latest["message"])) if latest else ""


def both(*parts: str) -> str:
    """The messages, each once: one often holds the other."""
    kept = [part for part in parts if part and not any(part != other and part in other for other in parts)]
    return "; ".join(dict.fromkeys(kept))


def one_line(text: str, length: int = 400) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"


def _seen(event: Object) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp") or "")
