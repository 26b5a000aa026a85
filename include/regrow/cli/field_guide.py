"""The fields of a pipeline in words, read from its models: nothing here can fall behind them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from regrow.errors import NotFound, nearest
from regrow.spec.fields import choices_of, dotted, field_at, item_of, model_of, walk
from regrow.spec.model import Pipeline
from regrow.spec.tree import Path


def explained(asked: str) -> str:
    """One field with the fields below it. NotFound names the nearest."""
    path = _found(asked)
    info = field_at(path)
    assert info is not None
    lines = [f"{_shown(path)}: {_takes(info)}", f"  {_meaning(info)}"]
    below = [(inner, about) for inner, about in _fields() if inner[: len(path)] == path and len(inner) > len(path)]
    return "\n".join([*lines, *(f"  {_shown(inner)}: {_first(_meaning(about))}" for inner, about in below)])


def listed() -> str:
    return "\n".join(f"{_shown(path)}: {_first(_meaning(info))}" for path, info in _fields())


def template() -> str:
    """A YAML with every field: needed ones with what they take, others with their default, commented out."""
    lines = ["# Every field of a pipeline. A line that starts with # shows a default, or a field that may be left out."]
    for path, info in _fields():
        lines.extend(_templated(path, info))
    return "\n".join(lines)


def _templated(path: Path, info: FieldInfo) -> list[str]:
    depth = sum(1 for part in path if isinstance(part, str)) - 1 + sum(1 for part in path if isinstance(part, int))
    indent = "  " * depth
    needed = info.is_required()
    mark = "" if needed and _above_needed(path) else "# "
    dash = "- " if len(path) > 1 and path[-2] == 0 and _is_first(path) else "  " if 0 in path[:-1] else ""
    indent = indent[:-2] if dash and indent else indent
    return [f"{indent}# {_first(_meaning(info))}", f"{indent}{mark}{dash}{path[-1]}: {_value(info)}".rstrip()]


def _value(info: FieldInfo) -> str:
    if model_of(info.annotation) or _lists_sections(info):
        return ""
    if info.is_required():
        return _takes(info)
    return json.dumps(_plain(info.get_default(call_default_factory=True)))


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json", by_alias=True) if isinstance(value, BaseModel) else value


def _above_needed(path: Path) -> bool:
    above = [path[:end] for end in range(1, len(path)) if isinstance(path[end - 1], str)]
    return all(info.is_required() for info in map(field_at, above) if info is not None)


def _is_first(path: Path) -> bool:
    siblings = [other for other, _ in _fields() if other[:-1] == path[:-1]]
    return siblings[0] == path


def _lists_sections(info: FieldInfo) -> bool:
    item = item_of(info.annotation)
    return item is not None and model_of(item) is not None


def _found(asked: str) -> Path:
    """A whole path, or its end where only one field ends so."""
    shown = {_shown(path): path for path, _ in _fields()}
    wanted = asked.replace("[0]", "").replace("[]", "")
    if wanted in shown:
        return shown[wanted]
    ending = [name for name in shown if name.endswith(f".{wanted}")]
    if len(ending) == 1:
        return shown[ending[0]]
    if ending:
        raise NotFound("single field", asked, ending)
    raise _unknown(asked, set(shown))


def _unknown(asked: str, shown: set[str]) -> NotFound:
    """Over a hundred names are no help: only the nearest is told, and where the list is."""
    guess = nearest(asked, shown | {name.rpartition(".")[2] for name in shown})
    near = [guess] if guess else []
    return NotFound("field", asked, near or ("see `regrow explain`",))


def _fields() -> Iterator[tuple[Path, FieldInfo]]:
    return walk(Pipeline)


def _shown(path: Path) -> str:
    return dotted(tuple(part for part in path if not isinstance(part, int)))


def _takes(info: FieldInfo) -> str:
    """`daily | none, default none`; `text, needed`."""
    choices = choices_of(info.annotation)
    kind = " | ".join(choices) if choices else _kind(info)
    if info.is_required():
        return f"{kind}, needed"
    default = _plain(info.get_default(call_default_factory=True))
    return f"{kind}, default {json.dumps(default)}" if info.default is not PydanticUndefined else kind


def _kind(info: FieldInfo) -> str:
    if model_of(info.annotation):
        return "section"
    if _lists_sections(info):
        return "list of sections"
    if item_of(info.annotation) is not None:
        return "mapping" if "dict" in str(info.annotation) else "list"
    words = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false"}
    found = [word for name, word in words.items() if name in str(info.annotation)]
    return found[0] if found else "value"


def _meaning(info: FieldInfo) -> str:
    return " ".join((info.description or "").split())


def _first(sentence: str) -> str:
    return sentence.partition(". ")[0].rstrip(".") + "." if sentence else ""
