"""Which ports the services of this home have: chosen once, kept in a file, always on settings.host."""

from __future__ import annotations

import socket
from pathlib import Path

import orjson
from pydantic import ValidationError

from regrow.errors import UsageError
from regrow.frozen import Frozen
from regrow.settings import Settings

WISHED = {"airflow": 8080, "mlflow": 5000, "envoy": 8088, "envoy_admin": 9901}
"""Where people expect them; the next free one is taken instead where somebody else has it."""

_SPAN = 200


class Ports(Frozen):
    airflow: int
    mlflow: int
    envoy: int
    envoy_admin: int


def kept(settings: Settings) -> Ports | None:
    """The ports of the last start; None before it, and where another release kept others."""
    try:
        return Ports.model_validate_json(_file(settings).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def chosen(settings: Settings) -> Ports:
    """The kept ports while all of them are free; new ones where somebody took one in the meantime."""
    before = kept(settings)
    if before is not None and all(free(settings.host, port) for port in before.model_dump().values()):
        return before
    picked: dict[str, int] = {}
    for name, wish in WISHED.items():
        picked[name] = first_free(settings.host, wish, taken=frozenset(picked.values()))
    ports = Ports(**picked)
    _file(settings).parent.mkdir(parents=True, exist_ok=True)
    _file(settings).write_bytes(orjson.dumps(ports.model_dump(), option=orjson.OPT_INDENT_2))
    return ports


def first_free(host: str, wish: int, taken: frozenset[int] = frozenset()) -> int:
    for port in range(wish, wish + _SPAN):
        if port not in taken and free(host, port):
            return port
    raise UsageError(f"no free port on {host} from {wish} to {wish + _SPAN - 1}; stop what holds them, then try again")


def free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _file(settings: Settings) -> Path:
    return settings.root / "run" / "ports.json"
