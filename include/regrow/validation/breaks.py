"""Changes of a table's shape that refuse a batch as a whole, in words, before anybody blames its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from regrow.errors import nearest
from regrow.validation.schema import ColumnRule, RowSchema
from regrow.validation.values import READERS

RETYPED = 0.5
"""A column of which more than this share of the cells has another type was retyped; less are bad rows."""
ENOUGH = 10
"""Cells that it takes to say so."""


def column_breaks(schema: RowSchema, names: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """`names` maps each file to its header. Missing, renamed and forbidden columns."""
    found: list[str] = []
    for file, header in names.items():
        extra = [name for name in header if schema.column(name) is None]
        missing = [name for name in schema.required if name not in header]
        renamed = {name: nearest(name, extra) for name in missing}
        found += [_missing(file, name, renamed[name]) for name in missing]
        if schema.closed:
            left = [name for name in extra if name not in renamed.values()]
            found += [f"{file}: column '{name}' is not in the schema, which allows no others" for name in left]
    return tuple(found)


def _missing(file: str, name: str, guess: str | None) -> str:
    hint = f"; it has '{guess}': renamed?" if guess else ""
    return f"{file}: missing column '{name}'{hint}"


def new_columns(schema: RowSchema, names: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Columns that nobody declared where others are allowed: a warning, in words."""
    extra = dict.fromkeys(name for header in names for name in header if schema.column(name) is None)
    return tuple(f"column '{name}' is new: the schema does not name it" for name in extra)


def type_break(rule: ColumnRule, text: pl.Series, bad: pl.Series) -> tuple[str, ...]:
    """`bad`: where a cell is there that has not the column's type."""
    wrong, there = int(bad.sum()), len(text) - text.null_count()
    if there < ENOUGH or wrong <= RETYPED * there:
        return ()
    words = f"{wrong:,} of {there:,} values are not {READERS[rule.reader].words}, like '{text.filter(bad)[0]}'"
    return (f"column '{rule.name}' is retyped: {words}",)
