"""Processes as children of this one: for tests and for a try without a supervisor."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from regrow.serving.local.processes import Processes, last_line

STOP_SECONDS = 40


class Subprocesses:
    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: dict[str, tuple[tuple[str, ...], subprocess.Popen[bytes]]] = {}

    def start(self, name: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        known = self._children.get(name)
        if known is not None and known[0] == tuple(argv) and known[1].poll() is None:
            return
        self.stop(name)
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(argv, env=os.environ | dict(env), stdout=log, stderr=subprocess.STDOUT)
        self._children[name] = (tuple(argv), child)

    def stop(self, name: str) -> None:
        _, child = self._children.pop(name, (None, None))
        if child is None:
            return
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def running(self) -> frozenset[str]:
        return frozenset(name for name, (_, child) in self._children.items() if child.poll() is None)

    def last_words(self, name: str) -> str:
        path = self._logs / f"{name}.log"
        return last_line(path.read_bytes()) if path.is_file() else ""

    def pid(self, name: str) -> int:
        return self._children[name][1].pid

    def close(self) -> None:
        for name in list(self._children):
            self.stop(name)


_: type[Processes] = Subprocesses
