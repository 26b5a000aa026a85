"""One pod for a caller that comes back later: start it or find it, then read what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from regrow.cluster.kinds import POD
from regrow.cluster.port import Cluster, Object, named
from regrow.errors import Conflict, Transient
from regrow.ledger.port import Ledger
from regrow.settings import KubernetesSettings
from regrow.steps.contract import EXIT_TRANSIENT, StepRequest, StepResult
from regrow.steps.execute import result_of, reusable
from regrow.steps.pods import batch
from regrow.steps.pods.answers import answers
from regrow.steps.pods.fate import fate
from regrow.steps.pods.fates import EXPLAINED, Fate
from regrow.steps.pods.place import LOG_LINES, Time
from regrow.steps.pods.pod import ENDING_SECONDS, RUN, manifest
from regrow.steps.pods.reading import last_message
from regrow.steps.pods.removal import events_of, remove
from regrow.steps.pods.work import BELIEVED
from regrow.steps.runner import Progress
from regrow.store.port import Store


def pod_for(requests: Sequence[StepRequest], store: Store, settings: KubernetesSettings) -> tuple[str, Object]:
    """The digest of the requests, now in the store, and their pod's manifest."""
    digest = batch.put(store, requests)
    return digest, manifest(requests, digest, settings)


def start(cluster: Cluster, item: Object, settings: KubernetesSettings, progress: Progress, time: Time) -> Object:
    """The pod: made now, or the one that an earlier try of the same step started. Raises Refused, Transient."""
    name, namespace = named(item)
    patience = time.ticks() + ENDING_SECONDS * 4
    while True:
        try:
            made = cluster.create(POD, item)
        except Conflict:
            found = cluster.get(POD, name, namespace)
            if found is not None and _goes_on(cluster, item, found, settings, time):
                progress(f"found pod {name} of an earlier try")
                return found
        else:
            progress(f"started pod {name}")
            return made
        if time.ticks() > patience:
            raise Transient(f"pod {name} of an earlier try is still ending", name=name)
        time.pause(time.poll_seconds)


def read(
    requests: Sequence[StepRequest],
    pod: Object | None,
    otherwise: Fate,
    *,
    cluster: Cluster,
    ledger: Ledger,
    store: Store,
    settings: KubernetesSettings,
    progress: Progress,
    time: Time,
) -> list[StepResult]:
    """What came of the requests; the pod is deleted. `otherwise` is its fate where it is gone by now, or not over."""
    found = fate(pod, (), time.now(), settings) if pod is not None else otherwise
    if pod is not None and found.kind in EXPLAINED:
        found = fate(pod, events_of(cluster, pod), time.now(), settings)
    told = batch.told(last_message(pod)) if pod is not None else batch.Told()
    results = answers(
        requests,
        told,
        lambda fingerprint: reusable(fingerprint, ledger, store),
        found if found.over else otherwise,
        settings.secret,
    )
    if pod is not None:
        for line in cluster.log(*reversed(named(pod)), tail=LOG_LINES * 50).splitlines():
            progress(f"| {line}")
        remove(cluster, pod, now=found.kind == "node_lost")
    return results


def together(
    requests: Sequence[StepRequest], ran: Sequence[StepResult], ledger: Ledger, store: Store
) -> tuple[StepResult, ...]:
    """All results of a node: of those that ran now, and of those that the ledger had before."""
    known = {result.step: result for result in ran}
    return tuple(known.get(request.step) or _known(request, ledger, store) for request in requests)


def _known(request: StepRequest, ledger: Ledger, store: Store) -> StepResult:
    record = reusable(request.fingerprint, ledger, store)
    if record is not None:
        return result_of(record, request, reused=True)
    reason = "it is asked for only now: the pipeline or its data changed while its pod ran"
    return StepResult(step=request.step, kind=request.kind, reason=reason, error="changed", exit_code=EXIT_TRANSIENT)


def _goes_on(cluster: Cluster, item: Object, found: Object, settings: KubernetesSettings, time: Time) -> bool:
    """Whether the pod that has the name is good for the step; one that is not is on its way out afterwards."""
    mine, its = (one["metadata"].get("labels", {}).get(RUN) for one in (item, found))
    if mine != its:
        raise Conflict(subject=f"pod {named(item)[0]}", expected="a pod of this run", found="another's")
    if "deletionTimestamp" in found["metadata"]:
        return False
    end = fate(found, (), time.now(), settings)
    if end.over and end.kind not in BELIEVED:
        remove(cluster, found)
        return False
    return True
