"""The kubelet: this machine as the cluster's one node."""

from __future__ import annotations

import json
from pathlib import Path

from lab.node import access, addresses, builds, cgroups, cluster, containers, pki, places, probes
from lab.node.part import Part
from lab.node.process import Process

_PODS = 110


def process() -> Process:
    health = f"http://{addresses.LOOPBACK}:{addresses.KUBELET_HEALTH}/healthz"
    return Process("kubelet", _command, probes.answers(health))


def _command() -> list[str | Path]:
    return [
        builds.binary("kubelet"),
        f"--config={_configuration()}",
        f"--kubeconfig={access.kubeconfig(f'system:node:{addresses.NODE_NAME}', ('system:nodes',))}",
        f"--hostname-override={addresses.NODE_NAME}",
        f"--node-ip={addresses.NODE}",
        f"--root-dir={places.data('kubelet')}",
    ]


def _configuration() -> Path:
    return places.configuration() / "kubelet.json"


def _prepare() -> None:
    cgroups.make()
    content = {**_identity(), **_runtime(), **_limits(), **_cluster()}
    _configuration().write_text(json.dumps(content, indent=1))


def _identity() -> dict[str, object]:
    served = pki.certificate("kubelet", hosts=(addresses.NODE,))
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": addresses.NODE,
        "port": addresses.KUBELET,
        "readOnlyPort": 0,
        "healthzBindAddress": addresses.LOOPBACK,
        "healthzPort": addresses.KUBELET_HEALTH,
        "tlsCertFile": str(served.certificate),
        "tlsPrivateKeyFile": str(served.key),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": False},
            "x509": {"clientCAFile": str(pki.authority().certificate)},
        },
        # Whoever has a certificate of the lab's authority is one of its own parts.
        "authorization": {"mode": "AlwaysAllow"},
    }


def _runtime() -> dict[str, object]:
    return {
        "containerRuntimeEndpoint": f"unix://{containers.socket()}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroups.NAME}",
        "failCgroupV1": False,
        "failSwapOn": False,
        # Lower than 0 needs a capability that a container of this machine may lack.
        "oomScoreAdj": 0,
        "enforceNodeAllocatable": [],
        "localStorageCapacityIsolation": False,
        "makeIPTablesUtilChains": False,
        "podLogsDir": str(places.logs() / "pods"),
        "volumePluginDir": str(places.data("volume-plugins")),
    }


def _limits() -> dict[str, object]:
    return {
        "maxPods": _PODS,
        # Images come from nowhere: one that is swept away is lost. A full disk is the machine's own matter.
        "imageGCHighThresholdPercent": 100,
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "syncFrequency": "10s",
    }


def _cluster() -> dict[str, object]:
    return {"clusterDNS": [addresses.DNS_SERVICE], "clusterDomain": addresses.DOMAIN}


def _settle() -> None:
    cluster.until(lambda: cluster.read("node", addresses.NODE_NAME) is not None, "the node's registration")
    cluster.await_condition("node", addresses.NODE_NAME, "Ready")


PART = Part("kubelet", process, _prepare, _settle, builds=(builds.KUBERNETES,), after=("kube-apiserver", "containerd"))
