"""kube-proxy: the addresses of Services, as rules in one nftables table."""

from __future__ import annotations

import json
from pathlib import Path

from lab.node import access, addresses, builds, places, probes
from lab.node.part import Part
from lab.node.process import Process


def process() -> Process:
    health = f"http://{addresses.LOOPBACK}:{addresses.PROXY_HEALTH}/healthz"
    return Process("kube-proxy", _command, probes.answers(health))


def _command() -> list[str | Path]:
    return [builds.binary("kube-proxy"), f"--config={_configuration()}"]


def _configuration() -> Path:
    return places.configuration() / "kube-proxy.json"


def _prepare() -> None:
    content = {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clientConnection": {"kubeconfig": str(access.kubeconfig("system:kube-proxy"))},
        "hostnameOverride": addresses.NODE_NAME,
        "clusterCIDR": str(addresses.PODS),
        "nodePortAddresses": [f"{addresses.NODE}/32"],
        "healthzBindAddress": f"{addresses.LOOPBACK}:{addresses.PROXY_HEALTH}",
        "metricsBindAddress": f"{addresses.LOOPBACK}:{addresses.PROXY_METRICS}",
        # The machine's limits on connections are not the lab's to change.
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        "oomScoreAdj": 0,
    }
    _configuration().write_text(json.dumps(content, indent=1))


PART = Part("kube-proxy", process, _prepare, builds=(builds.KUBERNETES,), after=("kube-apiserver",))
