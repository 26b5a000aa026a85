"""The fate of a pod that ended or is about to: whose fault it was, and whether another try may help. Pure."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from datetime import datetime

from regrow.cluster.port import Object
from regrow.steps.contract import EXIT_DONE, EXIT_REFUSED, EXIT_TRANSIENT
from regrow.steps.pods.fates import Fate
from regrow.steps.pods.reading import both, condition, container_state, moment, one_line, warned

NODE = frozenset({"NodeLost", "NodeShutdown", "Shutdown", "Terminated", "DeletionByTaintManager", "DeletionByPodGC"})
EVICTION = frozenset(
    {"Evicted", "Preempting", "EvictionByEvictionAPI", "PreemptionByScheduler", "TerminationByKubelet"}
)
ADMISSION = frozenset({"UnexpectedAdmissionError", "NodeAffinity", "NodePorts", "InvalidNodeInfo"})
CANNOT_START = frozenset({"StartError", "ContainerCannotRun"})
PATIENCE_SECONDS = 60.0
"""A node that has not ended a pod so long after it should have does not answer."""


def ended(pod: Object, events: Sequence[Object]) -> Fate:
    """Of a pod in phase Failed."""
    if pod["status"].get("reason") == "DeadlineExceeded":
        return _deadline(pod)
    lost = disrupted(pod) or _refused_by_node(pod)
    if lost is not None:
        said = warned(events)
        return lost.model_copy(update={"sentence": both(lost.sentence, said)}) if said else lost
    state = container_state(pod, "terminated")
    if state.get("reason") == "OOMKilled":
        return _out_of_memory(pod)
    if "deletionTimestamp" in pod["metadata"]:
        return Fate(kind="deleted", sentence="its pod was deleted while it ran", retry=True)
    if state.get("reason") in CANNOT_START:
        words = f"its container did not start ({one_line(state.get('message', ''))}); is the image Regrow's?"
        return Fate(kind="start_error", sentence=words)
    if not state:
        message = both(_message(pod), warned(events)) or "no reason is known"
        return Fate(kind="failed", sentence=f"its pod failed: {message}")
    return _by_exit_code(int(state.get("exitCode", 1)))


def disrupted(pod: Object) -> Fate | None:
    """What the cluster did to the pod; None: nothing."""
    mark = condition(pod, "DisruptionTarget")
    why = {pod.get("status", {}).get("reason", ""), mark["reason"] if mark and mark["status"] == "True" else ""}
    message = _message(pod) or one_line((mark or {}).get("message", ""))
    node = pod["spec"].get("nodeName", "")
    if why & NODE:
        return Fate(kind="node_lost", sentence=f"its node {node} went away ({message or max(why)})", retry=True)
    if why & EVICTION:
        return Fate(
            kind="evicted", sentence=f"its pod was evicted from node {node} ({message or max(why)})", retry=True
        )
    return None


def leaving(pod: Object, now: datetime) -> Fate:
    """Of a pod that is being deleted and has not ended. `deletionTimestamp` is when it should have, at the latest."""
    late = (now - moment(pod["metadata"]["deletionTimestamp"])).total_seconds()
    node = pod["spec"].get("nodeName", "")
    if node and late > PATIENCE_SECONDS:
        words = f"its node {node} does not answer: the pod should have ended {late:.0f} s ago"
        return Fate(kind="node_lost", sentence=words, retry=True)
    return Fate(kind="running", sentence="its pod is being deleted")


def _refused_by_node(pod: Object) -> Fate | None:
    """A node may refuse what the scheduler sent, if somebody else was faster."""
    reason = pod["status"].get("reason", "")
    if reason not in ADMISSION and not reason.startswith("OutOf"):
        return None
    words = f"node {pod['spec'].get('nodeName', '')} did not take its pod ({reason}: {_message(pod)})"
    return Fate(kind="evicted", sentence=words, retry=True)


def _out_of_memory(pod: Object) -> Fate:
    limit = pod["spec"]["containers"][0].get("resources", {}).get("limits", {}).get("memory", "")
    most = f"more than its limit of {limit} memory" if limit else "more memory than its node has"
    return Fate(kind="oom_killed", sentence=f"it took {most} and was ended; raise spec.pods.memory")


def _deadline(pod: Object) -> Fate:
    seconds = float(pod["spec"].get("activeDeadlineSeconds", 0))
    words = (
        f"it took longer than {seconds:g} s and was ended; raise timeout_minutes or REGROW_KUBERNETES__DEADLINE_SECONDS"
    )
    return Fate(kind="deadline", sentence=words)


def _by_exit_code(code: int) -> Fate:
    if code == EXIT_DONE:
        return Fate(kind="succeeded")
    if code == EXIT_REFUSED:
        return Fate(kind="refused", sentence="a verdict refused it")
    if code == EXIT_TRANSIENT:
        return Fate(
            kind="transient", sentence="it ended with exit code 20: something that it needs did not answer", retry=True
        )
    if code > 128:
        return Fate(kind="transient", sentence=f"its process was ended by {_signal(code - 128)}", retry=True)
    return Fate(kind="failed", sentence=f"its process ended with exit code {code}; the log has its last words")


def _signal(number: int) -> str:
    known = {one.value: one.name for one in signal.Signals}
    return f"signal {number} ({known[number]})" if number in known else f"signal {number}"


def _message(pod: Object) -> str:
    return one_line(pod.get("status", {}).get("message", ""))
