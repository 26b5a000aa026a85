"""What an installed package is and needs, from its metadata alone: nothing is imported."""

from __future__ import annotations

import functools
import importlib.metadata
import re
from collections.abc import Iterator
from typing import NamedTuple

from packaging.requirements import Requirement

_SEPARATORS = re.compile(r"[-_.]+")
_EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)["']""")


class Needs(NamedTuple):
    """A package with the extras that are asked of it."""

    name: str
    extras: frozenset[str]


class Installed(NamedTuple):
    version: str
    requires: tuple[str, ...]
    extras: tuple[str, ...]


def canonical_name(name: str) -> str:
    return _SEPARATORS.sub("-", name).lower()


def needs_of(wanted: Needs) -> Iterator[Needs]:
    """The packages that `wanted` needs here; markers are respected. Nothing for one that is not installed."""
    found = installed(wanted.name)
    for line in found.requires if found else ():
        if _may_apply(line, wanted.extras):
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in wanted.extras or {""}):
                yield Needs(canonical_name(needed.name), frozenset(needed.extras))


def _may_apply(line: str, extras: frozenset[str]) -> bool:
    """Spares parsing most lines: packages list far more for their extras than for themselves."""
    _, _, marker = line.partition(";")
    named = _EXTRA.search(marker)
    return named is None or " or " in marker or canonical_name(named[1]) in extras


@functools.cache
def installed(name: str) -> Installed | None:
    """Read from the head of the metadata file; its body, a whole README, is what makes the standard reader slow."""
    try:
        text = importlib.metadata.distribution(name).read_text("METADATA") or ""
    except importlib.metadata.PackageNotFoundError:
        return None
    fields = [line.split(": ", 1) for line in text.partition("\n\n")[0].splitlines() if ": " in line]
    values = {wanted: tuple(field[1].strip() for field in fields if field[0] == wanted) for wanted in _FIELDS}
    return Installed(values["Version"][0], values["Requires-Dist"], values["Provides-Extra"])


_FIELDS = ("Version", "Requires-Dist", "Provides-Extra")
