"""KServe's controller in Standard mode, with its webhooks, which the API server calls on loopback."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lab.node import access, addresses, builds, cluster, pki, places, probes
from lab.node.part import Part
from lab.node.process import Process

_MODULE = "github.com/kserve/kserve"
_NAMESPACE = "kserve"
_HEALTH = f"{addresses.LOOPBACK}:{addresses.KSERVE_HEALTH}"

_CHANGED: dict[str, dict[str, Any]] = {
    "deploy": {"defaultDeploymentMode": "Standard"},
    # Routes are ours: one HTTPRoute with weights over two InferenceServices.
    "ingress": {"disableIngressCreation": True, "disableIstioVirtualHost": True, "enableGatewayApi": False},
    # What a service that asks for nothing gets; upstream's 1 processor and 2 GiB would fill this node at once.
    "inferenceService": {
        "resource": {"cpuLimit": "1", "memoryLimit": "1Gi", "cpuRequest": "50m", "memoryRequest": "128Mi"}
    },
}


def process() -> Process:
    return Process(
        "kserve",
        _command,
        probes.answers(f"http://{_HEALTH}/readyz"),
        environment={"POD_NAMESPACE": _NAMESPACE, "TMPDIR": str(_temporary())},
    )


def _command() -> list[str | Path]:
    return [
        builds.binary("manager"),
        f"-kubeconfig={access.kubeconfig('kserve-controller', (access.ADMINS,))}",
        "-metrics-addr=0",
        f"-health-probe-addr={_HEALTH}",
        f"-webhook-port={addresses.KSERVE_WEBHOOKS}",
    ]


def _prepare() -> None:
    full = _source() / "config" / "crd" / "full"
    definitions = (*full.glob("serving.kserve.io_*.yaml"), *full.glob("clusterstoragecontainer/serving.kserve.io_*"))
    served = {"v1beta1": "inferenceservices", "v1alpha1": "clusterstoragecontainers"}
    cluster.apply_definitions(definitions, {f"serving.kserve.io/{version}": kind for version, kind in served.items()})
    cluster.apply((cluster.namespace(_NAMESPACE), _settings()))
    _lay_certificate()


def _settle() -> None:
    cluster.apply(_webhooks())


def _settings() -> cluster.Manifest:
    """Upstream's settings with ours over them."""
    upstream = yaml.safe_load((_source() / "config" / "configmap" / "inferenceservice.yaml").read_text())
    data = {name: text for name, text in upstream["data"].items() if not name.startswith("_")}
    for name, change in _CHANGED.items():
        data[name] = json.dumps({**json.loads(data[name]), **change})
    metadata = {"name": "inferenceservice-config", "namespace": _NAMESPACE}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def _webhooks() -> Iterator[cluster.Manifest]:
    bundle = base64.b64encode(pki.authority().certificate.read_bytes()).decode()
    text = (_source() / "config" / "webhook" / "manifests.yaml").read_text()
    for manifest in filter(None, yaml.safe_load_all(text)):
        manifest["metadata"].pop("creationTimestamp", None)
        for hook in manifest["webhooks"]:
            hook["admissionReviewVersions"] = ["v1", "v1beta1"]
            hook["clientConfig"] = _on_loopback(hook["clientConfig"], bundle)
        yield manifest


def _on_loopback(client: dict[str, Any], bundle: str) -> dict[str, str]:
    path = client["service"]["path"]
    return {"url": f"https://{addresses.LOOPBACK}:{addresses.KSERVE_WEBHOOKS}{path}", "caBundle": bundle}


def _lay_certificate() -> None:
    """Where controller-runtime looks for it, below the folder for temporary files."""
    folder = places.made(_temporary() / "k8s-webhook-server" / "serving-certs")
    pair = pki.certificate("kserve-webhooks", hosts=(addresses.LOOPBACK,))
    for source, name in ((pair.certificate, "tls.crt"), (pair.key, "tls.key")):
        (folder / name).unlink(missing_ok=True)
        os.link(source, folder / name)


def _temporary() -> Path:
    return places.home() / "data" / "kserve"


@cache
def _source() -> Path:
    return builds.module_folder(builds.KSERVE, _MODULE)


PART = Part("kserve", process, _prepare, _settle, builds=(builds.KSERVE,), after=("kubelet", "coredns"))
