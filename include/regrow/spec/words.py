"""Pydantic's findings in people's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from regrow.errors import nearest
from regrow.spec.fields import annotation_at, choices_of, dotted, field_at, fields_of, model_of, walk
from regrow.spec.finding import Finding
from regrow.spec.model import PATTERNS
from regrow.spec.scalars import resolve
from regrow.spec.tree import Path

_NEEDED = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "model_type": "must be a mapping of fields (`name: value` lines)",
    "model_attributes_type": "must be a mapping of fields (`name: value` lines)",
    "dict_type": "must be a mapping (`name: value` lines)",
}
_BOUNDS = {
    "greater_than": ("gt", "must be above"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be below"),
    "less_than_equal": ("le", "must be at most"),
}
_LONGEST = 80
_LONGEST_NAME = 64


def tell(error: Mapping[str, Any]) -> Finding:
    """One entry of ValidationError.errors()."""
    kind, path, context = error["type"], tuple(error["loc"]), error.get("ctx", {})
    value = error["input"]
    if kind in _NEEDED:
        return Finding(path, f"{_NEEDED[kind]}, not {shown(value)}{_hint(kind, value)}")
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return Finding(path, f"{words} {_number(context[name])}, not {shown(value)}")
    teller = _TELLERS.get(kind)
    return teller(path, value, context) if teller else Finding(path, f"{error['msg']}; found {shown(value)}")


def shown(value: Any) -> str:
    """A value from the YAML, short and with nothing that a terminal would obey."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list | tuple):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _hint(kind: str, value: Any) -> str:
    if kind == "string_type" and isinstance(value, bool | int | float):
        return "; put it in quotes"
    if kind in ("int_type", "float_type", "bool_type") and isinstance(value, str) and _is_quoted(value):
        return "; leave the quotes out"
    return ""


def _is_quoted(text: str) -> bool:
    """True where the text would have been a number, or true or false, without its quotes."""
    value, _ = resolve(text, plain=True)
    return isinstance(value, int | float)


def _missing(path: Path, _value: Any, _context: Any) -> Finding:
    info = field_at(path)
    return Finding(
        path, f"is missing ({_in_a_sentence(info.description)})" if info and info.description else "is missing"
    )


def _unknown(path: Path, _value: Any, _context: Any) -> Finding:
    name = str(path[-1])
    model = model_of(annotation_at(path[:-1]))
    known = tuple(fields_of(model)) if model else ()
    guess = near_field(path)
    elsewhere = "" if guess else _elsewhere(name)
    return Finding(path, f"unknown field{elsewhere}", known, guess)


def near_field(path: Path) -> str | None:
    """The field that an unknown key was probably meant to be."""
    name = str(path[-1])
    model = model_of(annotation_at(path[:-1]))
    return nearest(name, fields_of(model)) if model and len(name) <= _LONGEST_NAME else None


def _elsewhere(name: str) -> str:
    places = [path for path, _ in walk() if path[-1] == name]
    return f"; {dotted(places[0])} has that name" if len(places) == 1 else ""


def _choice(path: Path, value: Any, _context: Any) -> Finding:
    allowed = choices_of(annotation_at(path))
    guess = nearest(str(value)[:_LONGEST_NAME], allowed)
    return Finding(path, f"{shown(value)} is not among the allowed words", allowed, guess)


def _pattern(path: Path, value: Any, context: Mapping[str, Any]) -> Finding:
    words = PATTERNS.get(context["pattern"], f"text like {context['pattern']}")
    return Finding(path, f"must be {words}, not {shown(value)}")


def _length(limit: str, words: str) -> Callable[[Path, Any, Mapping[str, Any]], Finding]:
    def told(path: Path, value: Any, context: Mapping[str, Any]) -> Finding:
        noun = "character" if isinstance(value, str) else "item"
        noun = noun if context[limit] == 1 else f"{noun}s"
        return Finding(path, f"must have {words} {context[limit]} {noun}, not {len(value)}")

    return told


def _own_words(path: Path, _value: Any, context: Mapping[str, Any]) -> Finding:
    return Finding(path, str(context["error"]))


def _in_a_sentence(docstring: str) -> str:
    """The first sentence of a docstring, to be put in brackets."""
    first = " ".join(docstring.split()).partition(". ")[0].removesuffix(".")
    return first[:1].lower() + first[1:]


_TELLERS: dict[str, Callable[[Path, Any, Mapping[str, Any]], Finding]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "literal_error": _choice,
    "string_pattern_mismatch": _pattern,
    "string_too_short": _length("min_length", "at least"),
    "string_too_long": _length("max_length", "at most"),
    "too_short": _length("min_length", "at least"),
    "too_long": _length("max_length", "at most"),
    "value_error": _own_words,
}
