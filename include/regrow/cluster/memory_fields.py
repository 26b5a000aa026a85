"""Fields of nested JSON by their paths, as server-side apply sees them. Lists are single values."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

Path = tuple[str, ...]
IDENTITY: frozenset[Path] = frozenset({("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")})


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all fields that hold no object."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif path and path not in IDENTITY:
        yield path


def changed(before: Any, after: Any) -> Iterator[Path]:
    """Fields of `after` that `before` has with another value."""
    for path in leaves(after):
        there, value = _look(before, path)
        if there and value != _look(after, path)[1]:
            yield path


def merge(before: Any, after: Any) -> Any:
    """`after` over `before`, object by object; a new value."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return copy.deepcopy(after)
    merged = {name: copy.deepcopy(value) for name, value in before.items() if name not in after}
    return {**merged, **{name: merge(before.get(name), value) for name, value in after.items()}}


def prune(value: Any, paths: Iterable[Path]) -> Any:
    """A copy without these fields, and without the objects that they leave empty."""
    kept = copy.deepcopy(value)
    for path in paths:
        _remove(kept, path)
    return kept


def _remove(value: Any, path: Path) -> None:
    name, *rest = path
    if not isinstance(value, dict) or name not in value:
        return
    if rest:
        _remove(value[name], tuple(rest))
    if not rest or value[name] == {}:
        del value[name]


def _look(value: Any, path: Path) -> tuple[bool, Any]:
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return False, None
        value = value[name]
    return True, value
