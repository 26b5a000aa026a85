"""Free ports for servers that keep theirs."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterable, Sequence

from regrow.errors import RegrowError


class NoFreePort(RegrowError):
    code = "no_free_port"


def first_free(ports: Iterable[int], host: str = "127.0.0.1", taken: frozenset[int] = frozenset()) -> int:
    """The first port that can be bound now and is not `taken`."""
    for port in ports:
        if port not in taken and free(host, port):
            return port
    raise NoFreePort(f"no port of the asked range is free on {host}; stop something or set another range")


def own_order(ports: Sequence[int], owner: str) -> tuple[int, ...]:
    """The same ports, begun where `owner` alone begins: two homes that choose at the same moment choose differently."""
    start = int(hashlib.sha256(owner.encode()).hexdigest()[:8], 16) % len(ports)
    return (*ports[start:], *ports[:start])


def free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are only waiting for their end is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
