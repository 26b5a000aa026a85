"""Processes kept by supervisord, asked over its unix socket."""

from __future__ import annotations

import http.client
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from regrow.errors import Unreachable
from regrow.serving.local.processes import Processes, last_line
from regrow.serving.local.supervisord import program_conf

ALIVE = frozenset({"STARTING", "RUNNING"})


class SupervisorProcesses:
    def __init__(self, run: Path, logs: Path) -> None:
        """`run` holds supervisor.sock and conf.d/."""
        self._socket, self._programs, self._logs = run / "supervisor.sock", run / "conf.d", logs

    def start(self, name: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        self._programs.mkdir(parents=True, exist_ok=True)
        path = self._conf(name)
        new = path.with_suffix(".new")
        new.write_text(program_conf(name, argv, env, self._logs), encoding="utf-8")
        new.replace(path)
        added, changed, _ = self._call("reloadConfig")[0]
        if name in changed:
            self._forget(name)
        if name in changed or name in added:
            self._call("addProcessGroup", name)
        # Added programs start a moment later by themselves; asked for, they are starting when this returns.
        self._call("startProcess", name, False)

    def stop(self, name: str) -> None:
        self._conf(name).unlink(missing_ok=True)
        if name in self._states():
            self._forget(name)

    def running(self) -> frozenset[str]:
        return frozenset(name for name, state in self._states().items() if state in ALIVE)

    def last_words(self, name: str) -> str:
        path = self._logs / f"{name}.log"
        return last_line(path.read_bytes()[-4096:]) if path.is_file() else ""

    def pid(self, name: str) -> int:
        """0 while it does not run."""
        return next((process["pid"] for process in self._call("getAllProcessInfo") if process["name"] == name), 0)

    def _forget(self, name: str) -> None:
        self._call("stopProcessGroup", name)
        self._call("removeProcessGroup", name)

    def _states(self) -> Mapping[str, str]:
        return {process["name"]: process["statename"] for process in self._call("getAllProcessInfo")}

    def _conf(self, name: str) -> Path:
        return self._programs / f"{name}.conf"

    def _call(self, method: str, *arguments: Any) -> Any:
        """Raises Unreachable where supervisord does not answer; what is already so is no error."""
        from supervisor.xmlrpc import Faults, SupervisorTransport

        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        try:
            with ServerProxy("http://127.0.0.1", transport=transport) as proxy:
                return getattr(proxy.supervisor, method)(*arguments)
        except Fault as fault:
            if fault.faultCode in (Faults.ALREADY_ADDED, Faults.ALREADY_STARTED, Faults.NOT_RUNNING, Faults.BAD_NAME):
                return None
            raise
        except (OSError, http.client.HTTPException) as error:
            address = str(self._socket)
            raise Unreachable(
                service="supervisord", address=address, reason=f"{error}; `regrow up` starts it"
            ) from error


_: type[Processes] = SupervisorProcesses
