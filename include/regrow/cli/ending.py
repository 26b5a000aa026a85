"""How a command that did not succeed tells so: one sentence, or one JSON object, on standard error."""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from regrow.cli.screen import SCHEMA_VERSION, coloured
from regrow.errors import RegrowError, UsageError

INTERRUPTED = 130


def tell(error: RegrowError, arguments: Sequence[str]) -> int:
    """The error's sentence to standard error; its exit code."""
    if wants_json(arguments):
        sys.stderr.write(json.dumps(document(error), sort_keys=True) + "\n")
    else:
        sys.stderr.write(f"{coloured('regrow', 'red', sys.stderr)}: {error.sentence}\n")
    return error.exit_code


def tell_unexpected(error: Exception, arguments: Sequence[str]) -> int:
    """One line, and where the traceback lies. A failure of this kind is a fault of Regrow's, or of the machine."""
    log = _keep_traceback(error)
    sentence = f"unexpected {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return tell(Unexpected(f"{sentence.rstrip(': ')}; the traceback lies in {log}", log=str(log)), arguments)


def usage(error: Exception) -> UsageError:
    """The parser's own words, with where to read on."""
    words = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "regrow"
    return UsageError(f"{words} See `{command} --help`.")


class Unexpected(RegrowError):
    code = "unexpected"


def document(error: RegrowError) -> dict[str, Any]:
    """The error for machines."""
    told: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "code": error.code,
        "exit_code": error.exit_code,
        "message": error.sentence,
    }
    problems = getattr(error, "facts_of_all", None)
    return {**told, "problems": problems()} if problems else told


def wants_json(arguments: Sequence[str]) -> bool:
    given = list(arguments)
    pairs = list(itertools.pairwise(given))
    return any(flag in ("--output", "-o") and value == "json" for flag, value in pairs) or "--output=json" in given


def _keep_traceback(error: Exception) -> Path:
    text = "".join(traceback.format_exception(error))
    try:
        from regrow.settings import Settings

        folder = Settings().root / "logs"
        folder.mkdir(parents=True, exist_ok=True)
    except Exception:
        folder = Path(tempfile.gettempdir())
    path = folder / f"regrow-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.log"
    path.write_text(text, encoding="utf-8")
    return path
