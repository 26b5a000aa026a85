"""The models as a map of fields: what a path such as `spec.data.source` points at."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from regrow.spec.comparison import Check, Comparison
from regrow.spec.docs import described
from regrow.spec.model import Pipeline
from regrow.spec.space import Space
from regrow.spec.tree import Path

VALUES = (Comparison, Check, Space)
"""Models inside, but one value in the YAML."""

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


def bare(annotation: Any) -> Any:
    """Without Annotated and None."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        kept = [bare(part) for part in get_args(annotation) if part is not type(None)]
        return kept[0] if len(kept) == 1 else annotation
    return annotation


def model_of(annotation: Any) -> type[BaseModel] | None:
    """The section that a value of this type is, if it is one."""
    kind = bare(annotation)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in VALUES else None


def item_of(annotation: Any) -> Any:
    """What a list holds or a free mapping's values are; None for everything else."""
    kind = bare(annotation)
    if get_origin(kind) is tuple:
        return get_args(kind)[0]
    return get_args(kind)[1] if get_origin(kind) is dict else None


def choices_of(annotation: Any) -> tuple[str, ...]:
    """The words that a field allows, where they are listed."""
    kind = bare(annotation)
    return tuple(map(str, get_args(kind))) if get_origin(kind) is Literal else ()


def written(name: str, info: FieldInfo) -> str:
    """The field's name in YAML."""
    return info.alias or name


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """By the name in YAML."""
    return {written(name, info): info for name, info in model.model_fields.items()}


def annotation_at(path: Path) -> Any:
    """The type at a path into the YAML, or None where the models know no such field."""
    annotation: Any = Pipeline
    for part in path:
        model = model_of(annotation)
        if model:
            info = fields_of(model).get(str(part))
            annotation = _declared(info) if info else None
        else:
            annotation = item_of(annotation)
        if annotation is None:
            return None
    return annotation


def field_at(path: Path) -> FieldInfo | None:
    """The declared field at a path; None for items, free keys and what is unknown."""
    model = model_of(annotation_at(path[:-1])) if path else None
    name = _names(model).get(str(path[-1])) if model else None
    return described(model, name) if model and name else None


def walk(model: type[BaseModel] = Pipeline, path: Path = ()) -> Iterator[tuple[Path, FieldInfo]]:
    """Every field of every section, sections before their fields; a list's items have index 0."""
    for name, field in _names(model).items():
        here, info = (*path, name), described(model, field)
        yield here, info
        item = item_of(info.annotation)
        inner = model_of(info.annotation) or (model_of(item) if item is not None else None)
        if inner:
            yield from walk(inner, here if model_of(info.annotation) else (*here, 0))


def dotted(path: Path) -> str:
    """`spec.algorithms[0].name`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{part[:64]!r}]"
    return text


def _names(model: type[BaseModel]) -> dict[str, str]:
    """From the names in YAML to the ones in Python."""
    return {written(name, info): name for name, info in model.model_fields.items()}


def _declared(info: FieldInfo) -> Any:
    return Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
