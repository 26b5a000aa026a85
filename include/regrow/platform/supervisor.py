"""The supervisor of this home's processes: one supervisord, behind a Unix socket that only its owner may use."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from regrow.errors import RegrowError, TimedOut, Unreachable, UsageError
from regrow.frozen import Frozen
from regrow.platform.programs import Program, render, socket_file

_LONGEST_SOCKET_PATH = 100
"""The kernel takes 107 bytes, and supervisord first binds a temporary name that is longer."""

_ALREADY_STARTED, _NOT_RUNNING = 60, 70


class ProcessState(Frozen):
    name: str
    state: str
    """supervisord's words: RUNNING, STARTING, STOPPED, BACKOFF, EXITED, FATAL."""
    pid: int
    since: int
    """Seconds since the epoch."""
    log: str
    told: str
    """supervisord's own description."""


class Supervisor:
    def __init__(self, root: Path) -> None:
        self.run = root / "run"
        self.logs = root / "logs"
        self._address = f"unix://{socket_file(self.run)}"

    @property
    def alive(self) -> bool:
        try:
            return bool(self._call("getState")["statename"] == "RUNNING")
        except (Unreachable, xmlrpc.client.Fault):
            # It answers with a fault while it shuts down.
            return False

    def start(self, programs: Sequence[Program], directory: Path, environment: Mapping[str, str]) -> None:
        """Bring up supervisord with these programs, or let the one that runs take them over."""
        self._write(programs, directory)
        if self.alive:
            self.update()
            return
        environment = {**os.environ, **environment}
        # Each process would compile all of its imports anew, which doubles every start.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._config)]
        done = subprocess.run(command, env=environment, cwd=directory, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RegrowError(f"supervisord did not start: {done.stderr.strip() or done.stdout.strip()}")
        self._until(lambda: self.alive, 15, "supervisord")

    def stop(self, seconds: float = 90) -> None:
        """Stop every process, then supervisord. Nothing happens where none runs."""
        if not self.alive:
            return
        with suppress(Unreachable):
            # All at once: a shutdown alone stops one after the other, and each may take its time.
            self._call("stopAllProcesses", False)
            self._call("shutdown")
        self._until(
            lambda: not self.alive and not (self.run / "supervisord.pid").exists(), seconds, "stopping all processes"
        )

    def states(self) -> dict[str, ProcessState]:
        """By name; empty where no supervisord runs."""
        try:
            found = self._call("getAllProcessInfo")
        except Unreachable:
            return {}
        return {info["name"]: _state(info) for info in found}

    def start_process(self, name: str) -> None:
        with _tolerating(_ALREADY_STARTED):
            self._call("startProcess", name, False)

    def stop_process(self, name: str) -> None:
        with _tolerating(_NOT_RUNNING):
            self._call("stopProcess", name, True)

    def update(self) -> None:
        """Read the configuration again: new programs start, those that are gone stop, changed ones do both."""
        ((added, changed, removed),) = self._call("reloadConfig")
        for name in (*removed, *changed):
            self._call("stopProcessGroup", name)
            self._call("removeProcessGroup", name)
        for name in (*changed, *added):
            self._call("addProcessGroup", name)

    @property
    def _config(self) -> Path:
        return self.run / "supervisord.conf"

    def _write(self, programs: Sequence[Program], directory: Path) -> None:
        if len(str(socket_file(self.run)).encode()) > _LONGEST_SOCKET_PATH:
            raise UsageError(f"{self.run} is too long a path for a Unix socket; set REGROW_HOME to a shorter one")
        for folder in (self.run / "conf.d", self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        self._config.write_text(render(programs, self.run, self.logs, directory), encoding="utf-8")

    def _call(self, method: str, *arguments: Any) -> Any:
        from supervisor.xmlrpc import SupervisorTransport

        transport = SupervisorTransport(None, None, self._address)
        proxy = xmlrpc.client.ServerProxy("http://localhost", transport=transport)
        try:
            return getattr(proxy.supervisor, method)(*arguments)
        except (OSError, xmlrpc.client.ProtocolError) as error:
            raise Unreachable(service="supervisord", address=self._address, reason=str(error)) from error
        finally:
            transport.close()

    def _until(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                raise TimedOut(what=what, seconds=seconds, next_step=f"see {self.logs / 'supervisord.log'}")
            time.sleep(0.1)


class _tolerating:
    """A state that is wanted anyway is no fault."""

    def __init__(self, code: int) -> None:
        self._code = code

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        return isinstance(error, xmlrpc.client.Fault) and error.faultCode == self._code


def _state(info: Mapping[str, Any]) -> ProcessState:
    return ProcessState(
        name=str(info["name"]),
        state=str(info["statename"]),
        pid=int(info["pid"]),
        since=int(info["start"]),
        log=str(info["stdout_logfile"]),
        told=str(info["description"]),
    )
