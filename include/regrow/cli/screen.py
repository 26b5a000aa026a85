"""What commands write: data to standard output, everything else to standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import IO, Annotated, Any

import typer

SCHEMA_VERSION = 1
"""Of every JSON document that a command prints. Grows when a field changes its meaning or goes away."""

_CODES = {"red": 31, "green": 32, "yellow": 33, "bold": 1}


class Output(StrEnum):
    TABLE = "table"
    JSON = "json"


OutputOption = Annotated[
    Output, typer.Option("--output", "-o", envvar="REGROW_OUTPUT", help="table for people, json for programs.")
]


def note(line: str) -> None:
    """Progress and hints."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def show_json(document: Mapping[str, Any]) -> None:
    print(json.dumps({"schema_version": SCHEMA_VERSION, **document}, indent=2, default=str))


def show_rows(noun: str, rows: Sequence[Mapping[str, Any]], output: Output, empty: str) -> None:
    """Rows of equal keys: a table, or `{schema_version, NOUN: [...]}`. `empty` says what to do where there are none."""
    if output is Output.JSON:
        show_json({noun: list(rows)})
    elif rows:
        print(table(rows))
    else:
        note(empty)


def show_facts(facts: Mapping[str, Any], output: Output) -> None:
    """One thing: a line for each fact, or the facts as JSON."""
    if output is Output.JSON:
        show_json(facts)
        return
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        print(f"{name.replace('_', ' '):<{width}}  {text(value)}")


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Columns as wide as their longest cell: nothing is cut, so that a pipe gets all of it."""
    head = [name.upper().replace("_", " ") for name in rows[0]]
    lines = [head, *([text(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def text(value: Any) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, float):
        return f"{value:.4g}"
    return json.dumps(value, default=str) if isinstance(value, (dict, list, tuple)) else str(value)


def coloured(words: str, colour: str, stream: IO[str] | None = None) -> str:
    """Plain where nobody sees it, or NO_COLOR is set to anything."""
    where = stream or sys.stdout
    if os.environ.get("NO_COLOR") or not where.isatty():
        return words
    return f"\033[{_CODES[colour]}m{words}\033[0m"
