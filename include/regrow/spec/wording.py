"""What a field takes, in words: for the reference, the template and `explain`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from regrow.spec.comparison import Check, Comparison
from regrow.spec.fields import bare, choices_of, item_of, model_of
from regrow.spec.space import Space

_NOUNS: dict[Any, tuple[str, str]] = {
    str: ("text", "texts"),
    int: ("whole number", "whole numbers"),
    float: ("number", "numbers"),
    bool: ("true or false", "true or false"),
    Comparison: ("comparison such as `> 0.95` or `< 100ms`", "comparisons such as `> 0.95`"),
    Check: ("check such as `completeness > 0.95`", "checks such as `completeness > 0.95`"),
    Space: ("value, list of values or range", "values, lists of values or ranges {low, high, log, step}"),
}
_BOUNDS: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("ge", lambda limit: f"at least {limit}"),
    ("gt", lambda limit: f"above {limit}"),
    ("le", lambda limit: f"at most {limit}"),
    ("lt", lambda limit: f"below {limit}"),
)


def takes(info: FieldInfo) -> str:
    """`one of none, daily; default none`, `whole number, at least 1; needed`."""
    return "; ".join(part for part in (f"{kind(info)}{_bounds(info)}", default_words(info)) if part)


def kind(info: FieldInfo) -> str:
    choices = choices_of(info.annotation)
    if choices:
        return f"one of {', '.join(choices)}" if len(choices) > 1 else choices[0]
    if model_of(info.annotation):
        return "section"
    item = item_of(info.annotation)
    if item is None:
        return _NOUNS[bare(info.annotation)][0]
    many = "sections" if model_of(item) else _NOUNS[bare(item)][1]
    return f"mapping of {many}" if "dict" in str(info.annotation) else f"list of {many}"


def default_words(info: FieldInfo) -> str:
    """`needed`, `default 10`, `may be left out`."""
    if info.is_required():
        return "needed"
    if info.default is PydanticUndefined or info.default in (None, (), {}, ""):
        return "may be left out"
    return f"default {in_yaml(info.default)}"


def in_yaml(value: Any) -> str:
    """A value on one line of YAML."""
    if isinstance(value, str) and value.replace("-", "").replace("_", "").replace("/", "").replace(".", "").isalpha():
        return value
    return json.dumps(value)


def first_sentence(text: str) -> str:
    return f"{text.partition('. ')[0].removesuffix('.')}." if text else ""


def _bounds(info: FieldInfo) -> str:
    words = [say(getattr(entry, name)) for entry in info.metadata for name, say in _BOUNDS if hasattr(entry, name)]
    return f", {' and '.join(words)}" if words else ""
