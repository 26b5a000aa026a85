"""`python -m regrow step`: the command that every runner starts, and a person may.

    python -m regrow step REQUEST.json     one step; its result on standard output, its end as the exit code
    python -m regrow step store:DIGEST     a batch of steps, whose requests lie in the store: what pods run
    python -m regrow step --serve          a request a line in, messages a line out, until the input ends
    python -m regrow step --schema         what a request looks like

Exit 0 done, 10 refused by a verdict, 20 transient, others failure. Anything else after `regrow` is the CLI.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from regrow.steps.process_runner import SINGLE_THREADED

BATCH = "store:"


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] != "step":
        from regrow.cli.main import main as cli

        return cli(list(arguments))
    _settle_environment()
    if len(arguments) == 2 and arguments[1].startswith(BATCH):
        from regrow.steps.pods.command import run

        run(arguments[1].removeprefix(BATCH))
    from regrow.steps import command

    if arguments[1:] == ["--serve"]:
        return command.serve(sys.stdin.buffer)
    if arguments[1:] == ["--schema"]:
        return command.schema()
    if len(arguments) == 2 and not arguments[1].startswith("-"):
        return command.one(Path(arguments[1]))
    sys.stderr.write(f"{__doc__}\n")
    return 2


def _settle_environment() -> None:
    """One thread and one hash seed, whoever starts the step: neither may change its bytes."""
    settled = {**SINGLE_THREADED, "PYTHONHASHSEED": "0"}
    if any(os.environ.get(name) != value for name, value in settled.items()):
        os.execve(sys.executable, [sys.executable, "-m", "regrow", *sys.argv[1:]], {**os.environ, **settled})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
