"""A process that outlives whoever started it, and is found again by whoever stops it."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lab.node import places, shell
from lab.node.errors import LabError, NotReady

_STATE, _PARENT, _STARTED = 0, 1, 19
"""Positions in /proc/PID/stat after the name, which may itself hold spaces and brackets."""


@dataclass(frozen=True)
class Process:
    name: str
    command: Callable[[], Sequence[str | Path]]
    """Asked for at each start, and only then: it may have to be built, and files to be written."""
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    ready_within: float = 180.0
    stops_within: float = 20.0

    @property
    def log(self) -> Path:
        return places.home() / "logs" / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        """Of the process that was started, if it still runs: a recycled id has another start time."""
        try:
            pid, started = self._pid_file.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if _start_time(int(pid)) == started else None

    @property
    def was_started(self) -> bool:
        """Ever, in the lab that runs; also where it has ended since."""
        return self.log.exists()

    def start(self) -> None:
        """Start it where it does not run, and wait until it answers."""
        if self.pid is None:
            self._spawn()
        self.await_ready()

    def await_ready(self) -> None:
        deadline = time.monotonic() + self.ready_within
        while not self.ready():
            if self.pid is None:
                raise NotReady(self.name, "ended before it was ready", self.log)
            if time.monotonic() > deadline:
                raise NotReady(self.name, f"was not ready after {self.ready_within:.0f} s", self.log)
            time.sleep(0.1)

    def stop(self) -> None:
        """End it; by force, with all that it started, where it does not end in time."""
        pid = self.pid
        if pid is not None:
            _signal(pid, self.stop_signal)
            if not self._gone_within(self.stops_within):
                self.kill()
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """What a crash does: no signal handler runs, neither its own nor those of the processes that it started."""
        pid = self.pid
        if pid is None:
            return
        family = _family(pid)
        for member in family:
            _signal(member, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while any(_start_time(member) for member in family):
            if time.monotonic() > deadline:
                raise LabError(f"{self.name} (process {pid}) does not end")
            time.sleep(0.02)

    @property
    def _pid_file(self) -> Path:
        return places.home() / "run" / f"{self.name}.pid"

    def _spawn(self) -> None:
        command = [str(word) for word in self.command()]
        user = None if self.user is None else pwd.getpwnam(self.user).pw_uid
        places.made(self._pid_file.parent)
        places.made(self.log.parent)
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={**os.environ, "PATH": shell.search_path(), **self.environment},
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
        # It is not ours to wait for: it may outlive this process.
        child.returncode = 0
        self._pid_file.write_text(f"{child.pid} {_start_time(child.pid)}\n")

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.pid is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def _start_time(pid: int) -> str | None:
    """In clock ticks since the machine's start; None where no such process runs, also where only its body is left."""
    with suppress(ChildProcessError):
        # A child of this very process stays a zombie until somebody asks for its end.
        os.waitpid(pid, os.WNOHANG)
    try:
        facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if facts[_STATE] in "ZX" else facts[_STARTED]


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _family(pid: int) -> list[int]:
    """The process and all that it started and that did not leave it, itself first."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[_PARENT]
            parents.setdefault(int(parent), []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found
