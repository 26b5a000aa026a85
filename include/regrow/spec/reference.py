"""Writes docs/reference/pipeline.md and pipeline.schema.json: `python -m regrow.spec.reference [FOLDER]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from regrow.spec.fields import dotted, walk
from regrow.spec.reading import LINES, SIZE
from regrow.spec.schema import json_schema
from regrow.spec.template import template
from regrow.spec.tree import DEPTH, NODES
from regrow.spec.tree import Path as FieldPath
from regrow.spec.wording import takes

_HEAD = f"""\
# A pipeline's YAML

One file describes one served model. It is called as its `metadata.name`, with _ for -. `regrow validate FILE` names
every problem at once; nothing in a YAML is ever executed. This page is generated from the models of the spec:
`python -m regrow.spec.reference`. Editors read [pipeline.schema.json](pipeline.schema.json).

Limits: {SIZE // 1024} KiB, {LINES:,} lines, {NODES:,} names and values, {DEPTH} levels.
Anchors, aliases, tags, merge keys and doubled keys are refused.
A bare comparison (`accuracy: > 0.95`) is read as text.
"""


def pages() -> dict[str, str]:
    """By file name."""
    return {
        "pipeline.md": f"{_HEAD}\n{_sections()}\n## All of it\n\n```yaml\n{template()}```\n",
        "pipeline.schema.json": json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n",
    }


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def _sections() -> str:
    """A heading and a table for each section, in the order of the file."""
    tables: dict[FieldPath, list[str]] = {}
    for path, info in walk():
        row = f"| `{path[-1]}` | {_cell(takes(info))} | {_cell(info.description or '')} |"
        tables.setdefault(path[:-1], ["| field | takes | what it is for |", "|---|---|---|"]).append(row)
    headed = [f"## {_heading(path)}\n\n" + "\n".join(rows) + "\n" for path, rows in tables.items()]
    return "\n".join(headed)


def _heading(path: FieldPath) -> str:
    return f"`{dotted(path).replace('[0]', '[]')}`" if path else "The file"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
