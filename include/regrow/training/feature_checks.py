"""What a table of features must be before anything is trained on it. Every refusal names the column."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from regrow.errors import RegrowError, nearest

RESERVED = ("__label__", "__time__")


def check_features(frame: pl.DataFrame, label: str, time_column: str | None, key: Sequence[str]) -> None:
    """Raises RegrowError for the first thing that is wrong with what the feature module made."""
    for column, role in [
        (label, "label"),
        *([(time_column, "time")] if time_column else []),
        *((k, "key") for k in key),
    ]:
        _is_there(frame, column, role)
    if time_column and frame[time_column].null_count():
        raise RegrowError(f"the time column {time_column!r} is empty in {frame[time_column].null_count():,} rows")
    features = [name for name in frame.columns if name not in {label, time_column, *key}]
    if not features:
        raise RegrowError(f"no feature is left besides label, time and key; the columns are {', '.join(frame.columns)}")
    for name in features:
        _can_be_learned_from(frame[name])


def _is_there(frame: pl.DataFrame, column: str, role: str) -> None:
    if column not in frame.columns:
        guess = nearest(column, frame.columns)
        hint = f"; did you mean {guess!r}?" if guess else ""
        raise RegrowError(f"the features have no {role} column {column!r}{hint} (columns: {', '.join(frame.columns)})")


def _can_be_learned_from(column: pl.Series) -> None:
    if column.name in RESERVED:
        raise RegrowError(f"the feature {column.name!r} has a name that Regrow keeps for itself; rename it")
    if not (column.dtype.is_numeric() or column.dtype in (pl.String, pl.Categorical, pl.Enum, pl.Boolean, pl.Null)):
        raise RegrowError(f"the feature {column.name!r} holds {column.dtype}; make it a number, text or true and false")
    if column.dtype.is_float() and (wrong := int((~column.is_finite()).sum())):
        raise RegrowError(
            f"the feature {column.name!r} is not finite in {wrong:,} of {len(column):,} rows; "
            "leave missing values empty"
        )
