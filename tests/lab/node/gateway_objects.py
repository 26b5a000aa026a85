"""What Envoy Gateway finds in the cluster: its Service, our class, and the one Gateway."""

from __future__ import annotations

from typing import Any

from lab.node import addresses, cluster, images

NAMESPACE = "envoy-gateway-system"
GATEWAY, GATEWAY_NAMESPACE = "regrow", "regrow-gateway"
CLASS = "envoy"
ROUTES_ALLOWED = {"regrow.dev/routes": "allowed"}
"""The label of a namespace whose HTTPRoutes may use the Gateway."""

SHUTDOWN_IMAGE = "localhost/envoy-gateway:1"

_API = "gateway.envoyproxy.io/v1alpha1"
_CONTROLLER = "gateway.envoyproxy.io/gatewayclass-controller"


def settings() -> dict[str, Any]:
    return {
        "apiVersion": _API,
        "kind": "EnvoyGateway",
        "gateway": {"controllerName": _CONTROLLER},
        "provider": {
            "type": "Kubernetes",
            "kubernetes": {"leaderElection": {"disable": True}, "shutdownManager": {"image": SHUTDOWN_IMAGE}},
        },
    }


def before(port: int) -> tuple[cluster.Manifest, ...]:
    """Envoys look for the program under a Service's name."""
    name = "envoy-gateway"
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"ports": [{"name": "xds", "port": port, "targetPort": port}]},
    }
    return (
        cluster.namespace(NAMESPACE),
        service,
        cluster.points_at_node(name, NAMESPACE, addresses.NODE, {"xds": port}),
    )


def after() -> tuple[cluster.Manifest, ...]:
    return cluster.namespace(GATEWAY_NAMESPACE, **ROUTES_ALLOWED), _proxy(), _class(), _gateway()


def _proxy() -> cluster.Manifest:
    requests = {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}}
    kubernetes = {
        "envoyDeployment": {"replicas": 1, "container": {"image": images.ENVOY, "resources": requests}},
        "envoyService": {"type": "ClusterIP", "name": GATEWAY},
    }
    return {
        "apiVersion": _API,
        "kind": "EnvoyProxy",
        "metadata": {"name": "lab", "namespace": NAMESPACE},
        "spec": {"provider": {"type": "Kubernetes", "kubernetes": kubernetes}},
    }


def _class() -> cluster.Manifest:
    group, kind = _API.partition("/")[0], "EnvoyProxy"
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "GatewayClass",
        "metadata": {"name": CLASS},
        "spec": {
            "controllerName": _CONTROLLER,
            "parametersRef": {"group": group, "kind": kind, "name": "lab", "namespace": NAMESPACE},
        },
    }


def _gateway() -> cluster.Manifest:
    allowed = {"from": "Selector", "selector": {"matchLabels": ROUTES_ALLOWED}}
    listener = {"name": "http", "protocol": "HTTP", "port": 80, "allowedRoutes": {"namespaces": allowed}}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": GATEWAY, "namespace": GATEWAY_NAMESPACE},
        "spec": {"gatewayClassName": CLASS, "listeners": [listener]},
    }
