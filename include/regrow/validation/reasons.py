"""Why rows are refused: collected column by column, told row by row."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

SHOWN = 80
"""Characters of a value that a reason repeats."""


class Reasons:
    """Gathers (row, sentence) pairs; rows are positions in the batch."""

    def __init__(self) -> None:
        self._parts: list[pl.DataFrame] = []

    def add(self, rows: pl.Series, sentence: str) -> None:
        """The same sentence for every row."""
        if len(rows):
            self._parts.append(_part(rows, pl.repeat(sentence, len(rows), dtype=pl.String, eager=True)))

    def add_values(self, rows: pl.Series, column: str, values: pl.Series, tail: str) -> None:
        """`column: value 'x' tail`, each with its own value."""
        shown = values.str.slice(0, SHOWN)
        words = pl.concat_str(pl.lit(f"{column}: value '"), shown, pl.lit(f"' {tail}"))
        self._parts.append(_part(rows, pl.select(words).to_series()))

    def add_each(self, sentences: Mapping[int, str]) -> None:
        if sentences:
            rows = pl.Series(list(sentences), dtype=pl.Int64)
            self._parts.append(_part(rows, pl.Series(list(sentences.values()), dtype=pl.String)))

    def rows(self) -> pl.Series:
        """The rows that have a reason, in order."""
        return self._all()["_row"].unique().sort()

    def table(self) -> pl.DataFrame:
        """`_row`, `reasons` (list of text, in the order in which they were added), in order of row."""
        return self._all().group_by("_row", maintain_order=True).agg(pl.col("reason").alias("reasons")).sort("_row")

    def _all(self) -> pl.DataFrame:
        return pl.concat([pl.DataFrame(schema={"_row": pl.Int64(), "reason": pl.String()}), *self._parts])


def _part(rows: pl.Series, sentences: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"_row": rows.cast(pl.Int64), "reason": sentences})
