"""What the lab says where it cannot go on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_TAIL = 15


class LabError(Exception):
    """A sentence for the person at the shell."""


class CommandFailed(LabError):
    def __init__(self, command: Iterable[str], code: int, said: str) -> None:
        shown = " ".join(command)
        super().__init__(f"`{shown[:300]}` ended with {code}:\n{said.strip()[-3000:]}")
        self.code = code
        self.said = said


class NotReady(LabError):
    """A process that ended, or that does not answer in time; carries the end of its log."""

    def __init__(self, name: str, why: str, log: Path) -> None:
        super().__init__(f"{name} {why}. The end of {log}:\n{tail(log)}")
        self.name = name
        self.log = log


def tail(log: Path, lines: int = _TAIL) -> str:
    if not log.exists():
        return "  (nothing was written)"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_384))
        last = file.read().decode(errors="replace").splitlines()[-lines:]
    return "\n".join(f"  {line[:500]}" for line in last)
