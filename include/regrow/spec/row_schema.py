"""The JSON Schema of one row: which columns there are, what they hold, and which one is to be predicted."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from regrow.errors import RegrowError
from regrow.spec.model import COLUMN_PATTERN

SIZE = 256 * 1024
DEPTH = 32
COLUMNS = 2000
ROLE = "x-regrow-role"
TARGET = "target"

_COLUMN = re.compile(COLUMN_PATTERN)


class RowSchemaError(RegrowError):
    """A row's JSON Schema is wrong. `line` and `column` count from 1."""

    exit_code = 2
    code = "row_schema"

    def __init__(self, *, file: str, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{file}:{line}:{column}: {message}", file=file, message=message, line=line, column=column)
        self.file, self.message, self.line, self.column = file, message, line, column


class _NotStrict(ValueError):
    """A doubled key or a number that is not finite."""


def load_row_schema(path: Path) -> dict[str, Any]:
    """The schema as plain data. RowSchemaError where it is too large, no strict JSON, or not the schema of a row."""
    try:
        with path.open("rb") as file:
            raw = file.read(SIZE + 1)
    except OSError as error:
        raise RowSchemaError(file=path.name, message=f"cannot be read ({type(error).__name__})") from error
    return parse_row_schema(raw, path.name)


def parse_row_schema(raw: bytes, name: str) -> dict[str, Any]:
    """As load_row_schema, from bytes; `name` is what errors call the file."""
    if len(raw) > SIZE:
        raise RowSchemaError(file=name, message=f"larger than {SIZE // 1024} KiB")
    try:
        schema = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_finite)
    except json.JSONDecodeError as error:
        message = f"not readable as JSON: {error.msg}"
        raise RowSchemaError(file=name, message=message, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise RowSchemaError(file=name, message=f"nested deeper than {DEPTH} levels") from error
    except ValueError as error:
        message = str(error) if isinstance(error, _NotStrict) else "not strict JSON in UTF-8 with finite numbers"
        raise RowSchemaError(file=name, message=message) from error
    flaw = _flaw(schema)
    if flaw:
        raise RowSchemaError(file=name, message=flaw)
    return dict(schema)


def columns(schema: dict[str, Any]) -> tuple[str, ...]:
    """The row's columns in the schema's order."""
    return tuple(schema["properties"])


def target_of(schema: dict[str, Any]) -> str | None:
    """The column with `x-regrow-role: target`, if there is one."""
    return next(iter(_targets(schema)), None)


def closed(schema: dict[str, Any]) -> bool:
    """True if rows have no columns besides the ones that are named."""
    return schema.get("additionalProperties") is False


def _targets(schema: dict[str, Any]) -> list[str]:
    properties = schema["properties"].items()
    return [name for name, column in properties if isinstance(column, dict) and column.get(ROLE) == TARGET]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _NotStrict(f"the key {next(name for name in names if names.count(name) > 1)!r} is there twice")
    return found


def _finite(word: str) -> Any:
    raise _NotStrict(f"{word} is not a finite number")


def _flaw(schema: Any) -> str:
    if not isinstance(schema, dict) or schema.get("type", "object") != "object":
        return "a row's schema describes an object"
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not properties:
        return "it needs `properties`: the columns of a row"
    if len(properties) > COLUMNS:
        return f"{len(properties)} columns; at most {COLUMNS} are read"
    if _depth(schema) > DEPTH:
        return f"nested deeper than {DEPTH} levels"
    if _has_references(schema):
        return "references ($ref) are not followed; write the definitions out"
    return _column_flaw(schema, properties)


def _column_flaw(schema: dict[str, Any], properties: dict[str, Any]) -> str:
    for name, column in properties.items():
        if not _COLUMN.fullmatch(name):
            return f"{name[:128]!r} is no column's name: letters, digits and _, not starting with a digit"
        if not isinstance(column, dict | bool):
            return f"the column {name} needs a schema, not {type(column).__name__}"
    required = schema.get("required", [])
    if not isinstance(required, list) or any(name not in properties for name in required):
        return "`required` must list names from `properties`"
    targets = _targets(schema)
    return f"one column may be the target, not {len(targets)}: {', '.join(targets)}" if len(targets) > 1 else ""


def _depth(value: Any) -> int:
    deepest, todo = 0, [(value, 1)]
    while todo:
        item, level = todo.pop()
        deepest = max(deepest, level)
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        todo.extend((part, level + 1) for part in inner)
    return deepest


def _has_references(value: Any) -> bool:
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            if {"$ref", "$dynamicRef"} & item.keys():
                return True
            todo.extend(item.values())
        elif isinstance(item, list):
            todo.extend(item)
    return False
