"""Plain data whose every value knows its line and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DEPTH = 32
NODES = 1500

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """From 1."""

    line: int
    column: int


@dataclass(slots=True)
class Node:
    place: Place
    value: Any = None
    """Plain data; of a list or mapping filled while it is read."""
    keys: dict[str, Place] = field(default_factory=dict)
    children: dict[str | int, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with the YAML itself."""

    path: Path
    place: Place
    message: str
    hides: bool = True
    """Says all there is to say about its path: what else is wrong there follows from it."""
