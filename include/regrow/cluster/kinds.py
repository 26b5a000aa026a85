"""The kinds of objects that Regrow reads or writes."""

from __future__ import annotations

from regrow.cluster.port import Kind

NAMESPACE = Kind(api_version="v1", kind="Namespace", plural="namespaces", namespaced=False)
NODE = Kind(api_version="v1", kind="Node", plural="nodes", namespaced=False)
POD = Kind(api_version="v1", kind="Pod", plural="pods")
SERVICE = Kind(api_version="v1", kind="Service", plural="services")
SERVICE_ACCOUNT = Kind(api_version="v1", kind="ServiceAccount", plural="serviceaccounts")
SECRET = Kind(api_version="v1", kind="Secret", plural="secrets")
CONFIG_MAP = Kind(api_version="v1", kind="ConfigMap", plural="configmaps")
EVENT = Kind(api_version="v1", kind="Event", plural="events")

DEPLOYMENT = Kind(api_version="apps/v1", kind="Deployment", plural="deployments")
JOB = Kind(api_version="batch/v1", kind="Job", plural="jobs")
HPA = Kind(api_version="autoscaling/v2", kind="HorizontalPodAutoscaler", plural="horizontalpodautoscalers")
PDB = Kind(api_version="policy/v1", kind="PodDisruptionBudget", plural="poddisruptionbudgets")
ENDPOINT_SLICE = Kind(api_version="discovery.k8s.io/v1", kind="EndpointSlice", plural="endpointslices")

INFERENCE_SERVICE = Kind(api_version="serving.kserve.io/v1beta1", kind="InferenceService", plural="inferenceservices")
SERVING_RUNTIME = Kind(api_version="serving.kserve.io/v1alpha1", kind="ServingRuntime", plural="servingruntimes")
STORAGE_CONTAINER = Kind(
    api_version="serving.kserve.io/v1alpha1",
    kind="ClusterStorageContainer",
    plural="clusterstoragecontainers",
    namespaced=False,
)
GATEWAY = Kind(api_version="gateway.networking.k8s.io/v1", kind="Gateway", plural="gateways")
HTTP_ROUTE = Kind(api_version="gateway.networking.k8s.io/v1", kind="HTTPRoute", plural="httproutes")
KNATIVE_SERVICE = Kind(api_version="serving.knative.dev/v1", kind="Service", plural="services")
