"""Where this home's Envoy listens and keeps its files."""

from __future__ import annotations

import orjson

from regrow.serving.local.envoy.bootstrap import EnvoyPlace
from regrow.settings import Settings

WISHED = {"envoy": 8088, "envoy_admin": 9901}
"""As long as run/ports.json, where the ports of all services are kept, says nothing else."""


def envoy_place(settings: Settings) -> EnvoyPlace:
    path = settings.root / "run" / "ports.json"
    ports = WISHED | (orjson.loads(path.read_bytes()) if path.is_file() else {})
    return EnvoyPlace(
        folder=settings.serving / "envoy",
        access_log=settings.root / "logs" / "access.jsonl",
        host=settings.host,
        port=ports["envoy"],
        admin_port=ports["envoy_admin"],
    )
