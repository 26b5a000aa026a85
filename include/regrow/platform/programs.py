"""What supervisord is told of each process. Pure: values in, the text of its configuration out."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from regrow.frozen import Frozen


class Program(Frozen):
    name: str
    command: tuple[str, ...]
    starts_by_itself: bool = True
    stop_signal: str = "TERM"
    stop_seconds: int = 10
    """How long it may take to stop before its whole group is killed."""
    start_seconds: float = 2
    """So long it must live to count as started."""
    priority: int = 100
    """Lower starts first and stops last."""


def render(programs: Sequence[Program], run: Path, logs: Path, directory: Path) -> str:
    """supervisord.conf; `run` holds its socket, its pid file and conf.d/, whose files are included."""
    sections = [_daemon(run, logs, directory), *(_program(program, logs, directory) for program in programs)]
    return "\n\n".join(sections) + f"\n\n[include]\nfiles = {_escaped(str(run / 'conf.d'))}/*.conf\n"


def socket_file(run: Path) -> Path:
    return run / "supervisor.sock"


def _daemon(run: Path, logs: Path, directory: Path) -> str:
    return _escaped(
        f"""[unix_http_server]
file = {socket_file(run)}
chmod = 0600

[supervisord]
logfile = {logs / "supervisord.log"}
logfile_maxbytes = 10MB
logfile_backups = 3
pidfile = {run / "supervisord.pid"}
directory = {directory}
childlogdir = {logs}
umask = 077
minfds = 1024

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = unix://{socket_file(run)}"""
    )


def _program(program: Program, logs: Path, directory: Path) -> str:
    started = "true" if program.starts_by_itself else "false"
    return _escaped(
        f"""[program:{program.name}]
command = {shlex.join(program.command)}
directory = {directory}
autostart = {started}
autorestart = true
startsecs = {program.start_seconds:g}
startretries = 3
stopsignal = {program.stop_signal}
stopwaitsecs = {program.stop_seconds}
stopasgroup = true
killasgroup = true
priority = {program.priority}
redirect_stderr = true
stdout_logfile = {logs / program.name}.log
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 2"""
    )


def _escaped(text: str) -> str:
    """supervisord expands `%(name)s` in every value."""
    return text.replace("%", "%%")
