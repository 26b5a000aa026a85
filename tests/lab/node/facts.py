"""What a test has to know of the lab that runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.node import addresses, builds, cluster, containers, gateway_objects, images, places
from lab.node.errors import LabError
from lab.node.part import Part
from lab.node.parts import mlflow, postgres, s3


@dataclass(frozen=True)
class Facts:
    kubeconfig: str
    kubectl: str
    api_server: str
    node: str
    """The node's name; its address is the one that host and pods reach alike."""
    address: str
    containerd: str
    """The socket, for ctr."""
    components: tuple[str, ...]
    envoy_image: str
    s3_endpoint: str | None = None
    s3_environment: Mapping[str, str] | None = None
    s3_buckets: tuple[str, ...] = ()
    postgres: Mapping[str, str] | None = None
    """SQLAlchemy's address of each database, password in it."""
    mlflow: str | None = None
    gateway: str | None = None
    """The Gateway's address for HTTP, from host and pods; routes are told apart by their Host header."""


def read() -> Facts:
    path = _path()
    if not path.exists():
        raise LabError(f"no lab runs: there is no {path}; `make lab` starts one")
    content = json.loads(path.read_text())
    lists = {name: tuple(content[name]) for name in ("components", "s3_buckets")}
    return Facts(**{**content, **lists})


def write(started: list[Part]) -> None:
    """Whole or not at all: a test that reads while the lab starts finds no half."""
    half = _path().with_suffix(".new")
    half.touch(mode=0o600)
    half.write_text(json.dumps(asdict(_of({part.name for part in started})), indent=1) + "\n")
    half.replace(_path())


def _of(names: set[str]) -> Facts:
    return Facts(
        kubeconfig=str(places.kubeconfig()),
        kubectl=str(builds.binary("kubectl")),
        api_server=addresses.API_ADDRESS,
        node=addresses.NODE_NAME,
        address=addresses.NODE,
        containerd=str(containers.socket()),
        components=tuple(sorted(names)),
        envoy_image=images.ENVOY,
        s3_endpoint=s3.ENDPOINT if "s3" in names else None,
        s3_environment=s3.ENVIRONMENT if "s3" in names else None,
        s3_buckets=s3.BUCKETS if "s3" in names else (),
        postgres={name: postgres.url(name) for name in postgres.DATABASES} if "postgres" in names else None,
        mlflow=mlflow.URI if "mlflow" in names else None,
        gateway=_gateway() if "envoy-gateway" in names else None,
    )


def _gateway() -> str | None:
    found = cluster.read("gateway", gateway_objects.GATEWAY, gateway_objects.GATEWAY_NAMESPACE) or {}
    listed = found.get("status", {}).get("addresses", [])
    return f"http://{listed[0]['value']}" if listed else None


def _path() -> Path:
    return places.home() / "lab.json"
