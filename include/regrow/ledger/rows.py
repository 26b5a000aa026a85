"""Between frozen values and rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import orjson

from regrow.frozen import Frozen

Value = TypeVar("Value", bound=Frozen)


def columns(value: Frozen) -> dict[str, Any]:
    """JSON for everything but times, which the database keeps as times."""
    plain = value.model_dump(mode="json")
    return {name: found if isinstance(found := getattr(value, name), datetime) else plain[name] for name in plain}


def read(kind: type[Value], row: Mapping[Any, Any]) -> Value:
    """The value of a row; columns that the value does not have (row numbers) are left out."""
    return kind.model_validate_json(orjson.dumps({name: row[name] for name in kind.model_fields}))
