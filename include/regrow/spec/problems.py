"""What is wrong with a pipeline's YAML: every problem at once, each with its place, what is allowed and a near name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from regrow.errors import RegrowError
from regrow.frozen import Frozen

SHOWN = 100
"""So many problems are told; of the rest, only the number."""

_WIDTH = 100


class Problem(Frozen):
    """One thing that is wrong, or, as a warning, one thing to know."""

    code: str = "spec"
    file: str
    line: int
    column: int
    field: str
    """As `spec.algorithms[0].name`; empty where it is about the whole file."""
    message: str
    allowed: tuple[str, ...] = ()
    nearest: str | None = None
    excerpt: tuple[str, ...] = ()
    """The line with its neighbours and a caret."""

    @property
    def sentence(self) -> str:
        """`file:line:column: field: what is wrong; allowed: …; did you mean …?`"""
        about = f"{self.field}: " if self.field else ""
        allowed = f"; allowed: {', '.join(self.allowed)}" if self.allowed else ""
        guess = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{self.file}:{self.line}:{self.column}: {about}{self.message}{allowed}{guess}"

    def render(self) -> str:
        """The sentence and its excerpt."""
        return "\n".join((self.sentence, *self.excerpt))

    def facts(self) -> dict[str, Any]:
        """For machines: code, message, file, line, column, field, allowed, nearest."""
        return self.model_dump(mode="json", exclude={"excerpt"})


class SpecError(RegrowError):
    """A pipeline's YAML is wrong. `problems` has all of them, in the order of the file."""

    exit_code = 2
    code = "spec"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(problem.render() for problem in self.problems), problems=self.problems)

    def facts_of_all(self) -> list[dict[str, Any]]:
        return [problem.facts() for problem in self.problems]


def excerpt(lines: list[str], line: int, column: int) -> tuple[str, ...]:
    """The line (from 1), the ones before and after it, and a caret under the column (from 1)."""
    drawn = []
    left = 0 if column < _WIDTH else column - _WIDTH * 3 // 4
    for number in range(max(1, line - 1), min(len(lines), line + 1) + 1):
        text = _printable(lines[number - 1][left : left + _WIDTH])
        drawn.append(f"{number:>5} | {text}".rstrip())
        if number == line:
            drawn.append(f"      | {' ' * (column - 1 - left)}^")
    return tuple(drawn)


def _printable(text: str) -> str:
    """Nothing that a terminal would obey; one character stays one character."""
    return "".join(char if char.isprintable() else " " if char == "\t" else "?" for char in text)
