"""Collects what is wrong with one file and gives each thing its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from regrow.spec.fields import dotted
from regrow.spec.finding import Finding
from regrow.spec.problems import SHOWN, Problem, excerpt
from regrow.spec.tree import Flaw, Node, Path, Place
from regrow.spec.words import near_field, tell

_START = Place(1, 1)

Error = Mapping[str, Any]
"""An entry of pydantic's ValidationError.errors()."""


class Draft:
    """`broken` once anything is an error; `wrong` holds the paths of all errors of the YAML and of its structure."""

    def __init__(self, file: str, text: str) -> None:
        self.root: Node | None = None
        self.wrong: set[Path] = set()
        self.broken = False
        self._file = file
        self._lines = [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]
        self._found: list[tuple[Place, Finding | Error]] = []
        self._hidden: set[Path] = set()

    def add_flaw(self, flaw: Flaw) -> None:
        self._add(flaw.place, flaw.path, Finding(flaw.path, flaw.message))
        if flaw.path and flaw.hides:
            self._hidden.add(flaw.path)

    def add_errors(self, errors: Sequence[Error]) -> None:
        """What pydantic found. Not told where the YAML itself is wrong at the same place."""
        unknown = {tuple(error["loc"]) for error in errors if error["type"] == "extra_forbidden"}
        meant = self._meant(unknown)
        for error in errors:
            path = tuple(error["loc"])
            if not self._hidden.isdisjoint(_prefixes(path)) or _only_follows(error):
                continue
            # Where a field is missing because its name is written wrong, telling of the wrong name is enough.
            if error["type"] != "missing" or path not in meant:
                self._add(self._place(path, at_key=path in unknown), path, error)
        self.wrong |= meant

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Not told where they depend on what is wrong itself."""
        above = {prefix for wrong in self.wrong for prefix in _prefixes(wrong)}
        for finding in findings:
            paths = (finding.path, *finding.reads)
            if any(path in above or not self.wrong.isdisjoint(_prefixes(path)) for path in paths):
                continue
            self._found.append((self._place(finding.path), finding))
            self.broken = self.broken or not finding.warning

    def problems(self) -> tuple[Problem, ...]:
        """The errors in the order of the file; after SHOWN, how many more there are."""
        return self._rendered(warnings=False)

    def warnings(self) -> tuple[Problem, ...]:
        return self._rendered(warnings=True)

    def _add(self, place: Place, path: Path, what: Finding | Error) -> None:
        self._found.append((place, what))
        self.wrong.add(path)
        self.broken = True

    def _meant(self, unknown: set[Path]) -> set[Path]:
        """The fields that unknown keys were probably meant to be, where they are not there as well."""
        guesses = ((path, near_field(path)) for path in sorted(unknown, key=len)[:SHOWN])
        meant = {(*path[:-1], guess) for path, guess in guesses if guess}
        return {path for path in meant if self._node(path) is None}

    def _node(self, path: Path) -> Node | None:
        node = self.root
        for part in path:
            node = node.children.get(part) if node else None
        return node

    def _rendered(self, *, warnings: bool) -> tuple[Problem, ...]:
        chosen = [(place, what) for place, what in self._found if _is_warning(what) is warnings]
        chosen.sort(key=lambda found: (found[0].line, found[0].column))
        # Only what is shown is put into words: a hostile file has thousands of errors.
        told = [(place, what if isinstance(what, Finding) else tell(what)) for place, what in chosen[:SHOWN]]
        if len(chosen) > SHOWN:
            told.append((chosen[SHOWN][0], Finding((), f"and {len(chosen) - SHOWN} more from here on")))
        return tuple(self._problem(place, finding) for place, finding in told)

    def _problem(self, place: Place, finding: Finding) -> Problem:
        return Problem(
            code="warning" if finding.warning else "spec",
            file=self._file,
            line=place.line,
            column=place.column,
            field=dotted(finding.path),
            message=finding.message,
            allowed=finding.allowed,
            nearest=finding.nearest,
            excerpt=excerpt(self._lines, place.line, place.column),
        )

    def _place(self, path: Path, *, at_key: bool = False) -> Place:
        """Of the value; of its key if that is what is wrong; of the nearest section above where there is neither."""
        node, place = self.root, _START
        for part in path:
            if node is None:
                break
            place = node.keys.get(str(part), place)
            node = node.children.get(part)
            if node and isinstance(part, int):
                place = node.place
        # Of a value that begins below its key, the key's line says more.
        return node.place if node and path and not at_key and node.place.line == place.line else place


def _prefixes(path: Path) -> list[Path]:
    """The path and all above it but the root."""
    return [path[:length] for length in range(1, len(path) + 1)] or [()]


def _is_warning(what: Finding | Error) -> bool:
    return isinstance(what, Finding) and what.warning


def _only_follows(error: Error) -> bool:
    """Pydantic calls a list too short that has enough items, where they are wrong: which it tells as well."""
    return bool(error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"])
