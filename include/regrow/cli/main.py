"""`regrow`: reads the command line, runs one command, and says how it ended in words and in an exit code.

0 done · 1 failed · 2 usage or spec · 3 refused · 4 not found · 5 waits for a person · 6 timeout · 130 Ctrl-C
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from regrow.cli.app import app
from regrow.cli.ending import INTERRUPTED, tell, tell_unexpected, usage
from regrow.errors import RegrowError

_Usage: type[Exception] = typer.BadParameter.__mro__[1]
"""Typer carries its own copy of click and names only this one child of the error for a wrong command line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Never raises; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app(given, prog_name="regrow", standalone_mode=False)
    except RegrowError as error:
        return tell(error, given)
    except _Usage as error:
        return tell(usage(error), given)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); nothing is left to tell it.
        sys.stderr.close()
        return 1
    except Exception as error:
        return tell_unexpected(error, given)
    if code == INTERRUPTED:
        # Typer itself turns a Ctrl-C inside of a command into this code, without a word.
        sys.stderr.write("\nstopped by Ctrl-C; what was done is kept, the same command goes on from there\n")
    return code if isinstance(code, int) else 0
