"""The port to long-running processes on this machine: somebody else starts them again, and outlives us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Processes(Protocol):
    def start(self, name: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Have it run with exactly this command; running already with it: nothing happens. `env` adds to our own."""

    def stop(self, name: str) -> None:
        """SIGTERM, then wait for its end; forget it. Not there: nothing happens."""

    def running(self) -> frozenset[str]:
        """The names of those that are alive."""

    def last_words(self, name: str) -> str:
        """The last line that it wrote, or an empty text."""


def last_line(log: bytes) -> str:
    lines = log.decode(errors="replace").strip().splitlines()
    return lines[-1][:500] if lines else ""
