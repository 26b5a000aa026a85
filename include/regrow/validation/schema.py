"""The part of JSON Schema that a table's row can mean: one property per column, one type besides null.

Light: the spec's checker reads schemas with it long before there is data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from regrow.errors import RegrowError
from regrow.frozen import Frozen

Kind = Literal["integer", "number", "string", "boolean"]
Scalar = bool | int | float | str

NULL_WORDS = "x-regrow-null"

_NOTES = frozenset({"$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated"})
_ROW = _NOTES | {"type", "properties", "required", "additionalProperties"}
_LIMITS = {
    "minimum": "number",
    "maximum": "number",
    "exclusiveMinimum": "number",
    "exclusiveMaximum": "number",
    "minLength": "string",
    "maxLength": "string",
    "pattern": "string",
    "format": "string",
}
_COLUMN = _NOTES | {"type", "enum", "const"} | _LIMITS.keys()
_KINDS: tuple[Kind, ...] = ("integer", "number", "string", "boolean")


class SchemaProblem(RegrowError):
    """A row schema that says something Regrow cannot check."""

    exit_code = 2
    code = "schema"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(f"the row schema cannot be used: {'; '.join(problems)}", problems=problems)
        self.problems = problems


class ColumnRule(Frozen):
    name: str
    kind: Kind
    nullable: bool
    required: bool
    allowed: tuple[Scalar, ...] | None = None
    """The values of enum or const, without null."""
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: Literal["date", "date-time"] | None = None

    @property
    def reader(self) -> str:
        """How its text is read: a key of `regrow.validation.values.READERS`."""
        return self.format or self.kind


class RowSchema(Frozen):
    columns: tuple[ColumnRule, ...]
    closed: bool
    """True where no other columns may be there."""
    null_words: tuple[str, ...] = ()
    """Texts that mean an empty cell, from `x-regrow-null`: `["NA"]`."""

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> ColumnRule | None:
        return next((column for column in self.columns if column.name == name), None)


def read_schema(schema: Mapping[str, Any]) -> RowSchema:
    """Raises SchemaProblem with everything that is wrong."""
    problems = schema_problems(schema)
    if problems:
        raise SchemaProblem(problems)
    required = set(schema.get("required", ()))
    columns = tuple(_column(name, rules, name in required) for name, rules in schema["properties"].items())
    return RowSchema(
        columns=columns,
        closed=schema.get("additionalProperties", True) is False,
        null_words=tuple(schema.get(NULL_WORDS, ())),
    )


def schema_problems(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Each in words; empty where the schema can be used."""
    properties = schema.get("properties")
    if schema.get("type", "object") != "object" or not isinstance(properties, Mapping) or not properties:
        return ("it must be an object with properties, one for each column",)
    problems = [f"{key} is not supported" for key in schema if key not in _ROW and not key.startswith("x-")]
    words = schema.get(NULL_WORDS, [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        problems.append(f"{NULL_WORDS} must be a list of texts")
    if not isinstance(schema.get("additionalProperties", True), bool):
        problems.append("additionalProperties must be true or false")
    problems += [
        f"{name} is required but not a property" for name in schema.get("required", ()) if name not in properties
    ]
    for name, rules in properties.items():
        problems += [f"{name}: {problem}" for problem in _column_problems(rules)]
    return tuple(problems)


def _column_problems(rules: Any) -> list[str]:
    if not isinstance(rules, Mapping):
        return ["must be an object"]
    problems = [f"{key} is not supported" for key in rules if key not in _COLUMN and not key.startswith("x-")]
    kind = _kind(rules)
    if kind is None:
        return [*problems, f"needs one type of {', '.join(_KINDS)}, with or without null"]
    family = "number" if kind in ("integer", "number") else kind
    problems += [
        f"{key} does not apply to {kind}" for key, wanted in _LIMITS.items() if key in rules and wanted != family
    ]
    if rules.get("format") not in (None, "date", "date-time"):
        problems.append(f"format {rules['format']!r} is not supported; known: date, date-time")
    return problems + _value_problems(rules)


def _value_problems(rules: Mapping[str, Any]) -> list[str]:
    problems = []
    for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"):
        value = rules.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            problems.append(f"{key} must be a number")
    try:
        re.compile(rules.get("pattern", ""))
    except (re.error, TypeError) as error:
        problems.append(f"pattern is not a regular expression: {error}")
    return problems


def _types(rules: Mapping[str, Any]) -> list[str]:
    found = rules.get("type", [])
    return [found] if isinstance(found, str) else list(found)


def _allowed(rules: Mapping[str, Any]) -> list[Any] | None:
    if "const" in rules:
        return [rules["const"]]
    return list(rules["enum"]) if "enum" in rules else None


def _kind(rules: Mapping[str, Any]) -> Kind | None:
    """The one type besides null: as written, or as the allowed values and the limits tell it."""
    named = set(_types(rules)) - {"null"}
    if not named:
        named = {_type_of(value) for value in _allowed(rules) or () if value is not None}
    if not named:
        named = {wanted for key, wanted in _LIMITS.items() if key in rules} or {"string"}
    if named == {"integer", "number"}:
        named = {"number"}
    return next((kind for kind in _KINDS if named == {kind}), None)


def _type_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return names.get(type(value), "other")


def _column(name: str, rules: Mapping[str, Any], required: bool) -> ColumnRule:
    kind, allowed, types = _kind(rules), _allowed(rules), _types(rules)
    assert kind is not None
    nullable = (not types or "null" in types) and (allowed is None or None in allowed)
    return ColumnRule(
        name=name,
        kind=kind,
        nullable=nullable,
        required=required,
        allowed=None if allowed is None else tuple(value for value in allowed if value is not None),
        minimum=_float(rules.get("minimum")),
        maximum=_float(rules.get("maximum")),
        exclusive_minimum=_float(rules.get("exclusiveMinimum")),
        exclusive_maximum=_float(rules.get("exclusiveMaximum")),
        min_length=rules.get("minLength"),
        max_length=rules.get("maxLength"),
        pattern=rules.get("pattern"),
        format=rules.get("format"),
    )


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
