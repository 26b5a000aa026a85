"""Partitions' tables under each other. A column must be of one sort in all of them: a number that is text in one
partition would silently become a category in all.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from regrow.errors import RegrowError

Named = tuple[str, pl.DataFrame]


def stack(frames: Sequence[Named]) -> pl.DataFrame:
    """The rows of all partitions in order. Raises RegrowError naming partitions and columns that differ."""
    first, head = frames[0]
    for partition, frame in frames:
        if different := sorted(set(frame.columns) ^ set(head.columns)):
            raise RegrowError(f"the partitions {first} and {partition} differ in the columns {', '.join(different)}")
    for column in head.columns:
        _is_of_one_sort(column, frames)
    return pl.concat([frame.select(head.columns) for _, frame in frames], how="vertical_relaxed")


def _is_of_one_sort(column: str, frames: Sequence[Named]) -> None:
    found = {_sort(frame.schema[column]): partition for partition, frame in reversed(frames)}
    found.pop("empty", None)
    if len(found) > 1:
        told = ", ".join(f"{sort} in {partition}" for sort, partition in sorted(found.items()))
        raise RegrowError(f"the column {column!r} is {told}; make it the same in every partition")


def _sort(dtype: pl.DataType) -> str:
    if dtype == pl.Null:
        return "empty"
    if dtype.is_numeric() or dtype == pl.Boolean:
        return "a number"
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return "text"
    return str(dtype)
