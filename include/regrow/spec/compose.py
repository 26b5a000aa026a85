"""A YAML text as a tree whose every value knows its line and column. Nothing is constructed but plain data.

Refused, each with its place: anchors, aliases, tags, directives, merge keys, doubled keys, several documents, keys that
are not text, numbers that are not finite, and more than DEPTH levels or NODES values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from regrow.spec.quick import can_read, quick_events
from regrow.spec.scalars import resolve
from regrow.spec.tree import DEPTH, NODES, Flaw, Node, Path, Place

_HINTS = (
    ("character '\\t'", "indent with blanks, not with tabs"),
    ("mapping values are not allowed", "a text with a colon needs quotes"),
)


class _Stop(Exception):
    """Carries the fatal flaw."""


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read."""

    node: Node
    path: Path
    key: str | None = None
    skipped: bool = False
    """The next value belongs to a key that was refused."""


class _Composer:
    def __init__(self) -> None:
        self.root: Node | None = None
        self.flaws: list[Flaw] = []
        self._stack: list[_Open] = []
        self._nodes = 0
        self._documents = 0

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self._document(event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._stack.pop()
        elif isinstance(event, AliasEvent | ScalarEvent | MappingStartEvent | SequenceStartEvent):
            self._value(event)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(event, "a second document starts here; one file holds one pipeline")
        if event.version or event.tags:
            self._flaw((), event, "directives such as %YAML or %TAG are not allowed")

    def _value(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > NODES:
            self._stop(event, f"more than {NODES} values; a pipeline needs far fewer")
        top = self._stack[-1] if self._stack else None
        if top and isinstance(top.node.value, dict) and top.key is None:
            self._key(top, event)
            return
        path = self._path(top)
        node = Node(_place(event), self._plain(event, path))
        if top and top.key is not None and node.value is None and not getattr(event, "value", "?"):
            # The parser puts what is not written where the next word stands.
            node.place = top.node.keys[top.key]
        self._attach(top, node)
        if isinstance(node.value, dict | list):
            self._push(event, node, path)

    def _push(self, event: Any, node: Node, path: Path) -> None:
        if len(self._stack) >= DEPTH:
            self._stop(event, f"nested deeper than {DEPTH} levels")
        self._stack.append(_Open(node, path))

    def _path(self, top: _Open | None) -> Path:
        if top is None:
            return ()
        last: str | int = len(top.node.value) if isinstance(top.node.value, list) else str(top.key)
        return (*top.path, last)

    def _plain(self, event: Any, path: Path) -> Any:
        if isinstance(event, AliasEvent):
            self._flaw(path, event, "aliases (*name) are not allowed; write the value out")
            return None
        if event.anchor:
            self._flaw(path, event, "anchors (&name) are not allowed; write the value out")
        if event.tag and event.tag != "!":
            self._flaw(path, event, "tags (!name) are not allowed")
        if isinstance(event, ScalarEvent):
            value, wrong = resolve(str(event.value), plain=event.style is None)
            if wrong:
                self._flaw(path, event, wrong)
            return value
        return {} if isinstance(event, MappingStartEvent) else []

    def _key(self, top: _Open, event: Any) -> None:
        if not isinstance(event, ScalarEvent):
            self._stop(event, "a key must be text")
        key, place = str(event.value), _place(event)
        path = (*top.path, key)
        wrong = ""
        if event.anchor or (event.tag and event.tag != "!"):
            wrong = "anchors (&name) and tags (!name) are not allowed"
        elif key == "<<" and event.style is None:
            wrong = "merge keys (<<) are not allowed; write the values out"
        elif key in top.node.keys:
            wrong = f"the key is there twice; first in line {top.node.keys[key].line}"
        if wrong:
            self.flaws.append(Flaw(path, place, wrong, hides=False))
        top.key, top.skipped = key, bool(wrong)
        top.node.keys.setdefault(key, place)

    def _attach(self, top: _Open | None, node: Node) -> None:
        if top is None:
            self.root = node
        elif isinstance(top.node.value, list):
            top.node.children[len(top.node.value)] = node
            top.node.value.append(node.value)
        else:
            key, top.key = str(top.key), None
            if not top.skipped:
                top.node.children[key] = node
                top.node.value[key] = node.value

    def _flaw(self, path: Path, event: Any, message: str) -> None:
        self.flaws.append(Flaw(path, _place(event), message))

    def _stop(self, event: Any, message: str) -> None:
        top = self._stack[-1] if self._stack else None
        path = top.path if top else ()
        self.flaws.append(Flaw(path, _place(event), message))
        raise _Stop


def compose(text: str) -> tuple[Node | None, list[Flaw]]:
    """The tree, or None where reading had to stop, and everything that is wrong with the YAML itself."""
    if can_read(text):
        root, flaws = composed(quick_events(text))
        if root is not None and not flaws:
            return root, flaws
    return composed(pure_events(text))


def pure_events(text: str) -> Iterator[Event]:
    """By the pure parser, which reads YAML 1.2 and says best what is wrong."""
    yield from YAML(typ="safe", pure=True).parse(text)


def composed(events: Iterable[Event]) -> tuple[Node | None, list[Flaw]]:
    """As compose, from a parser's events."""
    composer = _Composer()
    try:
        for event in events:
            composer.take(event)
    except _Stop:
        return None, composer.flaws
    # A parser is foreign code that reads hostile text: whatever it raises is a flaw of the text.
    except (YAMLError, RecursionError, ValueError, AttributeError, IndexError, TypeError, AssertionError) as error:
        return None, [*composer.flaws, _unreadable(error)]
    if composer.root is None:
        return None, [Flaw((), Place(1, 1), "the file is empty")]
    return composer.root, composer.flaws


def _unreadable(error: Exception) -> Flaw:
    if not isinstance(error, MarkedYAMLError):
        return Flaw((), Place(1, 1), f"not readable as YAML ({type(error).__name__})")
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    words = " ".join(" ".join(str(part) for part in (error.context, error.problem) if part).split())
    hint = next((f"; {hint}" for sign, hint in _HINTS if sign in words), "")
    return Flaw((), place, f"not readable as YAML: {words}{hint}")


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)
