"""Columns of text read as integers, numbers, booleans, dates and times; what is none becomes null.

An empty cell is null. A number is what a person writes as one: no blanks around it, no NaN, no infinity. A whole number
may be written 517.0. A time needs its offset from UTC (RFC 3339), since a bare one means another moment elsewhere.
Everything is an expression, so that all columns of a table are read at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

_DATE = r"^\d{4}-\d{2}-\d{2}$"
_TIME = r"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$"
_EXACT = 2**53
SAMPLE = 1000
"""Rows that rule a type out for most columns, before all are read."""
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True)
class Reader:
    words: str
    """What a reason calls the type."""
    dtype: pl.DataType
    read: Callable[[pl.Expr], pl.Expr]
    """From text to values; null where the text is none."""


def _number(text: pl.Expr) -> pl.Expr:
    value = text.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def _integer(text: pl.Expr) -> pl.Expr:
    number = _number(text)
    whole = pl.when((number.floor() == number) & (number.abs() <= _EXACT)).then(number)
    return pl.coalesce(text.cast(pl.Int64, strict=False), whole.cast(pl.Int64, strict=False))


def _boolean(text: pl.Expr) -> pl.Expr:
    return text.replace_strict(_BOOLEANS, default=None, return_dtype=pl.Boolean)


def _date(text: pl.Expr) -> pl.Expr:
    shaped = pl.when(text.str.contains(_DATE)).then(text)
    return shaped.str.to_date("%Y-%m-%d", strict=False)


def _time(text: pl.Expr) -> pl.Expr:
    shaped = pl.when(text.str.contains(_TIME)).then(text)
    plain = shaped.str.to_uppercase().str.replace("Z", "+00:00", literal=True)
    return plain.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False)


READERS: dict[str, Reader] = {
    "integer": Reader("an integer", pl.Int64(), _integer),
    "number": Reader("a number", pl.Float64(), _number),
    "boolean": Reader("true or false", pl.Boolean(), _boolean),
    "string": Reader("text", pl.String(), lambda text: text),
    "date": Reader("a date (YYYY-MM-DD)", pl.Date(), _date),
    "date-time": Reader("a time with its offset (RFC 3339)", pl.Datetime("us", "UTC"), _time),
}
"""By type or format."""


def not_finite(text: pl.Series) -> pl.Series:
    """True where a number is written that is NaN or infinite."""
    return ~text.cast(pl.Float64, strict=False).is_finite().fill_null(True)


def infer(frame: pl.DataFrame, null_word: str | None = None) -> pl.DataFrame:
    """Every column of text in the narrowest type that all its cells have; text where there is none, or no cell at all.

    `null_word` is empty in a column that is otherwise numeric.
    """
    left = [name for name in frame.columns if frame[name].null_count() < frame.height]
    found: dict[str, pl.Expr] = {}
    for kind in ("integer", "number", "boolean", "date", "date-time"):
        texts = {name: pl.col(name) for name in left}
        if null_word is not None and kind in ("integer", "number"):
            texts = {name: pl.when(pl.col(name) != null_word).then(pl.col(name)) for name in left}
        values = {name: (text, READERS[kind].read(text)) for name, text in texts.items()}
        fitting = _fitting(frame.head(SAMPLE), values)
        if frame.height > SAMPLE:
            fitting = _fitting(frame, {name: values[name] for name in fitting})
        found |= {name: values[name][1] for name in fitting}
        left = [name for name in left if name not in fitting]
    return frame.with_columns(expression.alias(name) for name, expression in found.items())


def _fitting(frame: pl.DataFrame, values: dict[str, tuple[pl.Expr, pl.Expr]]) -> set[str]:
    """The columns whose every cell has a value."""
    misfits = frame.select(
        (value.is_null() & text.is_not_null()).sum().alias(name) for name, (text, value) in values.items()
    )
    return {name for name in misfits.columns if not misfits[name][0]}
