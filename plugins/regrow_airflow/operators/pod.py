"""One node of a pipeline's graph as one Airflow task whose steps run in one pod, without a worker while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator
from airflow.sdk.exceptions import TaskDeferred
from airflow.settings import pod_mutation_hook

from regrow.cluster.client import ApiCluster
from regrow.cluster.kinds import POD
from regrow.cluster.port import Cluster, Object, named
from regrow.settings import KubernetesSettings
from regrow.steps.contract import StepRequest, StepResult
from regrow.steps.pods import batch, single
from regrow.steps.pods.fates import Fate
from regrow.steps.pods.place import Time
from regrow.steps.pods.reading import CONTAINER
from regrow_airflow.operators.step import RegrowStepOperator
from regrow_airflow.triggers.pod import StepPodTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context
    from kubernetes.client import V1Pod

    from regrow.steps.coordinator import Coordinator

TUNED: dict[str, Any] = {
    "base_container_name": CONTAINER,
    "deferrable": True,
    "do_xcom_push": False,
    "get_logs": True,
    "log_events_on_startup": False,
    "on_finish_action": "delete_pod",
    "on_kill_action": "delete_pod",
    "poll_interval": 1.0,
    "random_name_suffix": False,
    "startup_check_interval_seconds": 1,
}
"""What KubernetesPodOperator does otherwise than by itself."""


class StepPodOperator(RegrowStepOperator, KubernetesPodOperator):
    """Asks the coordinator for the node's steps, and runs what the ledger does not have in a pod.

    The connection `kubernetes_default` says how the cluster is reached; everything else about pods is in the settings
    (REGROW_KUBERNETES__*) and in the spec's `pods`. Nothing of either is ever rendered as a template.
    """

    template_fields: Sequence[str] = ("key",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**TUNED, **kwargs})

    def execute(self, context: Context) -> list[dict[str, str]] | None:
        with self.coordinating(context) as coordinator:
            asked = coordinator.ask(self.node, self.key or None)
            if not asked.missing:
                return self._concluded(coordinator, asked.answered(()))
            trigger, digest = self._started(coordinator, asked.missing, context)
        raise TaskDeferred(trigger=trigger, method_name="resume", kwargs={"digest": digest})

    def resume(self, context: Context, event: dict[str, Any], digest: str) -> list[dict[str, str]] | None:
        """Back from the triggerer, which tells the pod's fate; the ledger and the pod itself say more."""
        with self.coordinating(context) as coordinator:
            space, cluster = coordinator.workspace, self._cluster(coordinator)
            ran = single.read(
                batch.read(space.store, digest),
                cluster.get(POD, event["name"], event["namespace"]),
                Fate.model_validate(event["fate"]),
                cluster=cluster,
                ledger=space.ledger,
                store=space.store,
                settings=space.settings.kubernetes,
                progress=self._say,
                time=Time(),
            )
            coordinator.note_failures(ran)
            requests = coordinator.requests_of(coordinator.node(self.node), self.key or None)
            return self._concluded(coordinator, single.together(requests, ran, space.ledger, space.store))

    def _concluded(self, coordinator: Coordinator, results: tuple[StepResult, ...]) -> list[dict[str, str]] | None:
        result = coordinator.conclude(self.node, self.key or None, results, progress=self._say)
        self._say(result.sentence)
        return [{"key": key, "title": label} for key, label in result.keys] or None

    def _started(
        self, coordinator: Coordinator, requests: Sequence[StepRequest], context: Context
    ) -> tuple[StepPodTrigger, str]:
        """The wait for the pod of these requests, and the digest that they have in the store."""
        settings, cluster = coordinator.workspace.settings.kubernetes, self._cluster(coordinator)
        digest, item = single.pod_for(requests, coordinator.workspace.store, settings)
        # Known before it is there: a task that is killed meanwhile deletes it.
        self.pod = self._mutated(item, context)
        made = single.start(cluster, self._api().sanitize_for_serialization(self.pod), settings, self._say, Time())
        return self._trigger(made, settings), digest

    def _mutated(self, item: Object, context: Context) -> V1Pod:
        """With Airflow's own labels, and as the platform's pod_mutation_hook wants it."""
        pod = PodGenerator.deserialize_model_dict(item)
        pod.metadata.labels.update(self._get_ti_pod_labels(context))
        pod_mutation_hook(pod)  # type: ignore[no-untyped-call]
        return pod

    def _trigger(self, pod: Object, settings: KubernetesSettings) -> StepPodTrigger:
        name, namespace = named(pod)
        hook = cast(KubernetesHook, self.hook)
        return StepPodTrigger(
            pod_name=name,
            pod_namespace=namespace,
            kubernetes_conn_id=self.kubernetes_conn_id,
            connection_extras=hook.conn_extras,
            cluster_context=self.cluster_context,
            in_cluster=hook.is_in_cluster or None,
            poll_interval=self.poll_interval,
            pods=settings.model_dump(mode="json"),
        )

    def _cluster(self, coordinator: Coordinator) -> Cluster:
        self.cluster_context = self.cluster_context or coordinator.workspace.settings.kubernetes.context
        return ApiCluster(self._api())

    def _api(self) -> Any:
        """The hook's client: the connection says how the cluster is reached."""
        return self.client.api_client

    def _say(self, line: str) -> None:
        self.log.info("%s", line)
