"""What has become of a pod, in one word and one sentence for the person whose step it runs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from regrow.cluster.port import Object
from regrow.settings import KubernetesSettings
from regrow.steps.pods.fate_ended import disrupted, ended, leaving
from regrow.steps.pods.fate_waiting import waiting
from regrow.steps.pods.fates import Fate


def fate(pod: Object | None, events: Sequence[Object], now: datetime, settings: KubernetesSettings) -> Fate:
    """Of a pod as the API server shows it; None: it is no longer there. `events` may be empty, then less is said."""
    if pod is None:
        return gone(None)
    phase = pod.get("status", {}).get("phase", "Pending")
    if phase == "Succeeded":
        return Fate(kind="succeeded")
    if phase == "Failed":
        return ended(pod, events)
    if "deletionTimestamp" in pod["metadata"]:
        return leaving(pod, now)
    return waiting(pod, events, now, settings) if phase == "Pending" else Fate(kind="running")


def gone(last: Object | None) -> Fate:
    """Of a pod that was there, last seen as `last`, and is not any more."""
    sentence = "its pod was deleted before it ended, by a person or another program"
    return (last and disrupted(last)) or Fate(kind="deleted", sentence=sentence, retry=True)
