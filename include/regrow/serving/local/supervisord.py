"""What supervisord is told of one predictor: a file of its own in conf.d/."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from regrow.errors import UsageError

OUR_EXITS = "0,1,2,3,4"
"""A predictor that ends with a sentence will say it again: only crashes are started again."""


def program_conf(name: str, argv: Sequence[str], env: Mapping[str, str], logs: Path) -> str:
    values = {
        "command": shlex.join(argv),
        "environment": ",".join(f"{key}={_quoted(value)}" for key, value in sorted(env.items())),
        "autostart": "true",
        "autorestart": "unexpected",
        "exitcodes": OUR_EXITS,
        "startsecs": 1,
        "startretries": 3,
        "stopsignal": "TERM",
        "stopwaitsecs": 40,
        "redirect_stderr": "true",
        "stdout_logfile": logs / f"{name}.log",
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": 2,
    }
    # supervisord expands %(...)s in every value; a lone % would end it.
    lines = (f"{key} = {str(value).replace('%', '%%')}" for key, value in values.items() if value != "")
    return "\n".join((f"[program:{name}]", *lines)) + "\n"


def _quoted(value: str) -> str:
    if '"' in value or "'" in value:
        # supervisord takes quotes off the ends of a value, and knows no way to keep them.
        raise UsageError(f"a variable of a predictor's environment may hold no quotes: {value}")
    return f'"{value}"'
