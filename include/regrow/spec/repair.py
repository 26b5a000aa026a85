"""Makes a broken pipeline whole enough for the checks of its meaning, so that their problems are told at once too.

What is wrong is left out, or, where the field is needed, replaced by a stand-in; the checks' findings about such places
are dropped.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from regrow.spec.fields import annotation_at, choices_of, field_at, fields_of, item_of, model_of
from regrow.spec.model import Pipeline
from regrow.spec.tree import Path

_ROUNDS = 6


def repair(data: Any, wrong: Iterable[Path]) -> tuple[Pipeline | None, set[Path]]:
    """A pipeline without what is wrong, if one comes out, and every path that is not as written."""
    whole, replaced = copy.deepcopy(data), set(wrong)
    todo = set(replaced)
    for _ in range(_ROUNDS):
        for path in sorted(todo, key=len, reverse=True):
            whole = _mend(whole, path)
        try:
            return Pipeline.model_validate_json(json.dumps(whole)), replaced
        except ValidationError as error:
            todo = {tuple(found["loc"]) for found in error.errors(include_url=False, include_input=False)}
            replaced |= todo
    return None, replaced


def _mend(whole: Any, path: Path) -> Any:
    if not path:
        return {}
    parent = _at(whole, path[:-1])
    last = path[-1]
    if isinstance(parent, list) and isinstance(last, int) and last < len(parent):
        parent[last] = stand_in(path)
    elif isinstance(parent, dict):
        _mend_key(parent, path)
    return whole


def _mend_key(parent: dict[str, Any], path: Path) -> None:
    last, info = str(path[-1]), field_at(path)
    if info is not None and info.is_required():
        parent[last] = stand_in(path)
    else:
        parent.pop(last, None)


def _at(whole: Any, path: Path) -> Any:
    for part in path:
        if isinstance(whole, dict):
            whole = whole.get(str(part))
        elif isinstance(whole, list) and isinstance(part, int) and part < len(whole):
            whole = whole[part]
        else:
            return None
    return whole


def stand_in(path: Path) -> Any:
    """Something that the models accept at a path: of a section only what it needs, otherwise the field's example."""
    annotation, info = annotation_at(path), field_at(path)
    if annotation is None:
        return None
    model = model_of(annotation)
    if model:
        return {name: stand_in((*path, name)) for name, field in fields_of(model).items() if field.is_required()}
    if isinstance(path[-1], int):
        return stand_in(path[:-1])[0]
    item = item_of(annotation)
    if item is not None and model_of(item):
        return [stand_in((*path, 0))]
    example = info.examples[0] if info and info.examples else None
    return choices_of(annotation)[0] if example is None and choices_of(annotation) else copy.deepcopy(example)
