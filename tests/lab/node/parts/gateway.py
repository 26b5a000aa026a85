"""Envoy Gateway on the node; the Envoys that it starts are pods."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

from lab.node import (
    access,
    addresses,
    archives,
    builds,
    cluster,
    containers,
    gateway_objects,
    images,
    places,
    probes,
    shell,
)
from lab.node.errors import LabError
from lab.node.gateway_objects import NAMESPACE, SHUTDOWN_IMAGE
from lab.node.part import Part
from lab.node.process import Process

_MODULE = "github.com/envoyproxy/gateway"
_CERTIFICATES = Path("/certs")
"""The program knows no other place."""

_SERVED = {"gateway.networking.k8s.io/v1": "httproutes", "gateway.envoyproxy.io/v1alpha1": "envoyproxies"}
_BRACES = "{{"


def process() -> Process:
    return Process(
        "envoy-gateway",
        _command,
        probes.answers(f"http://{addresses.LOOPBACK}:{addresses.GATEWAY_HEALTH}/readyz"),
        environment=_environment(),
    )


def _command() -> list[str | Path]:
    return [builds.binary("envoy-gateway"), "server", "--config-path", _configuration()]


def _environment() -> dict[str, str]:
    kubeconfig = places.configuration_file("envoy-gateway.kubeconfig")
    return {"KUBECONFIG": str(kubeconfig), "ENVOY_GATEWAY_NAMESPACE": NAMESPACE}


def _configuration() -> Path:
    return places.configuration_file("envoy-gateway.json")


def _prepare() -> None:
    access.kubeconfig("envoy-gateway", (access.ADMINS,))
    _load_images()
    cluster.apply_definitions(_definitions(), _SERVED)
    cluster.apply(gateway_objects.before(addresses.GATEWAY_XDS))
    _configuration().write_text(json.dumps(gateway_objects.settings(), indent=1))
    _lay_certificates()


def _settle() -> None:
    cluster.apply(gateway_objects.after())
    cluster.await_condition("gateway", gateway_objects.GATEWAY, "Programmed", gateway_objects.GATEWAY_NAMESPACE)


def _load_images() -> None:
    images.load(images.envoy())
    if SHUTDOWN_IMAGE not in containers.images():
        containers.ctr("images", "import", archives.of_binary(builds.binary("envoy-gateway"), SHUTDOWN_IMAGE))


def _definitions() -> list[Path]:
    """The chart's CRDs without the few lines that are templates."""
    chart = builds.module_folder(builds.ENVOY_GATEWAY, _MODULE) / "charts" / "gateway-crds-helm" / "templates"
    folder = places.made(places.data("gateway") / "definitions")
    found = [chart / "standard-gatewayapi-crds.yaml", *sorted((chart / "generated").glob("*.yaml"))]
    for path in found:
        lines = path.read_text().splitlines(keepends=True)
        (folder / path.name).write_text("".join(line for line in lines if not line.lstrip().startswith(_BRACES)))
    return [folder / path.name for path in found]


def _lay_certificates() -> None:
    shell.run(*(builds.binary("envoy-gateway"), "certgen", "--disable-topology-injector"), environment=_environment())
    secret = cluster.read("secret", "envoy-gateway", NAMESPACE)
    if secret is None:
        raise LabError("Envoy Gateway's certgen wrote no secret")
    folder = places.made(places.data("gateway") / "certs")
    for name, content in secret["data"].items():
        (folder / name).write_bytes(b64decode(content))
    _point_to(folder)


def _point_to(folder: Path) -> None:
    if _CERTIFICATES.is_symlink():
        _CERTIFICATES.unlink()
    elif _CERTIFICATES.exists():
        raise LabError(f"{_CERTIFICATES} is there already, and Envoy Gateway reads its certificates from there alone")
    _CERTIFICATES.symlink_to(folder)


_AFTER = ("kubelet", "kube-proxy", "coredns")
PART = Part("envoy-gateway", process, _prepare, _settle, builds=(builds.ENVOY_GATEWAY,), after=_AFTER)
