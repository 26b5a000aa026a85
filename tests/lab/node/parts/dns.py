"""CoreDNS on the node, behind the cluster's kube-dns Service."""

from __future__ import annotations

from pathlib import Path

from lab.node import access, addresses, builds, cluster, places, probes
from lab.node.part import Part
from lab.node.process import Process

_USER = "system:coredns"

_COREFILE = """\
.:{port} {{
    bind {node}
    health {loopback}:{health}
    ready {loopback}:{ready}
    errors
    cache 2
    kubernetes {domain} in-addr.arpa ip6.arpa {{
        kubeconfig {kubeconfig}
        pods insecure
        ttl 2
    }}
    hosts {{
        {node} s3.lab postgres.lab mlflow.lab
        ttl 2
        fallthrough
    }}
    # What is not in the cluster does not exist: nothing in the lab asks beyond this machine.
    template ANY ANY . {{
        rcode NXDOMAIN
    }}
}}
"""


def process() -> Process:
    return Process("coredns", _command, probes.answers(f"http://{addresses.LOOPBACK}:{addresses.DNS_READY}/ready"))


def _command() -> list[str | Path]:
    return [builds.binary("coredns"), "-conf", _configuration()]


def _configuration() -> Path:
    return places.configuration() / "Corefile"


def _prepare() -> None:
    _configuration().write_text(
        _COREFILE.format(
            port=addresses.DNS,
            node=addresses.NODE,
            loopback=addresses.LOOPBACK,
            health=addresses.DNS_HEALTH,
            ready=addresses.DNS_READY,
            domain=addresses.DOMAIN,
            kubeconfig=access.kubeconfig(_USER),
        )
    )
    cluster.apply((*_rights(), *_service()))


def _rights() -> tuple[cluster.Manifest, ...]:
    authorization = "rbac.authorization.k8s.io"
    watching = {"verbs": ["get", "list", "watch"]}
    role = {
        "apiVersion": f"{authorization}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": _USER},
        "rules": [
            {"apiGroups": [""], "resources": ["services", "pods", "namespaces", "endpoints"], **watching},
            {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], **watching},
        ],
    }
    binding = {
        "apiVersion": f"{authorization}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": _USER},
        "roleRef": {"apiGroup": authorization, "kind": "ClusterRole", "name": _USER},
        "subjects": [{"apiGroup": authorization, "kind": "User", "name": _USER}],
    }
    return role, binding


def _service() -> tuple[cluster.Manifest, ...]:
    name, namespace = "kube-dns", "kube-system"
    ports = [
        {"name": f"dns-{protocol.lower()}", "port": 53, "targetPort": addresses.DNS, "protocol": protocol}
        for protocol in ("UDP", "TCP")
    ]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace, "labels": {"k8s-app": "kube-dns"}},
        "spec": {"clusterIP": addresses.DNS_SERVICE, "ports": ports},
    }
    slices = (
        cluster.points_at_node(name, namespace, addresses.NODE, {f"dns-{kind.lower()}": addresses.DNS}, kind)
        for kind in ("UDP", "TCP")
    )
    return service, *slices


PART = Part("coredns", process, _prepare, builds=(builds.COREDNS,), after=("kube-apiserver",))
