"""The reference pages, written from what they tell of: the commands, and the models of the spec.

python -m regrow.cli.reference            write it
python -m regrow.cli.reference --check    exit 1 where it has fallen behind
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
import typer.core
import typer.main

from regrow.cli.app import app
from regrow.spec.reference import pages

FOLDER = Path("docs/reference")
WIDTH = 80

_HEAD = """# The command line

Written from the commands by `python -m regrow.cli.reference`; do not edit.

Data goes to standard output; progress, hints and errors go to standard error. With `--output json` every document has a
`schema_version`, and an error is one JSON object on standard error: `code`, `exit_code`, `message` and, for a spec, all
`problems`. Colour is off where nobody sees it, and with `NO_COLOR`. Nothing ever asks a question.

| exit code | meaning |
|---|---|
| 0 | done; keeping the champion is done, too |
| 1 | failed |
| 2 | the command line or a pipeline's YAML is wrong |
| 3 | the asked effect was refused; nothing changed |
| 4 | not found |
| 5 | waits for a person |
| 6 | did not happen in time |
| 130 | stopped by Ctrl-C |
"""


def page() -> str:
    root = typer.main.get_command(app)
    assert isinstance(root, typer.core.TyperGroup)
    whole = _context(root, "regrow", None)
    sections = [_HEAD, _section("regrow", root.get_help(whole))]
    for name, command in root.commands.items():
        sections.append(_section(f"regrow {name}", command.get_help(_context(command, name, whole))))
    return "\n".join(sections)


def _context(command: Any, name: str, parent: Any) -> Any:
    """As wide as no terminal makes it, so that the page is the same everywhere."""
    return command.make_context(name, [], parent=parent, resilient_parsing=True, terminal_width=WIDTH)


def main(arguments: Sequence[str]) -> int:
    texts = {"cli.md": page(), **pages()}
    behind = [name for name, text in texts.items() if _written(name) != text]
    if "--check" not in arguments:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in behind:
            (FOLDER / name).write_text(texts[name], encoding="utf-8")
        return 0
    for name in behind:
        sys.stderr.write(f"{FOLDER / name} has fallen behind; next: python -m regrow.cli.reference\n")
    return 1 if behind else 0


def _written(name: str) -> str:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _section(title: str, help_text: str) -> str:
    lines = "\n".join(line.rstrip() for line in help_text.splitlines())
    return f"## {title}\n\n```text\n{lines.strip()}\n```\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
