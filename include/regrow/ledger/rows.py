"""Between frozen values and rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa

from regrow.frozen import Frozen

Value = TypeVar("Value", bound=Frozen)


def columns(value: Frozen) -> dict[str, Any]:
    """JSON for everything but times, which the database keeps as times."""
    plain = value.model_dump(mode="json")
    return {name: found if isinstance(found := getattr(value, name), datetime) else plain[name] for name in plain}


def read(kind: type[Value], row: Mapping[Any, Any]) -> Value:
    """The value of a row; columns that the value does not have (row numbers) are left out."""
    return kind.model_validate_json(orjson.dumps({name: row[name] for name in kind.model_fields}))


def keep(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any], *, is_new: bool) -> None:
    """Insert the row that was not seen, or update the one that was. Never whichever fits: an update that finds the row
    of somebody who was faster would overwrite it, an insert fails and the whole work looks again.
    """
    if is_new:
        connection.execute(sa.insert(table).values(**values))
        return
    is_it = [column == values[column.name] for column in table.primary_key]
    connection.execute(sa.update(table).where(*is_it).values(**values))
