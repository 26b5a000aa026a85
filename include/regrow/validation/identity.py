"""What makes a row the same as another: its key, or all of it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from regrow.validation.reasons import Reasons


def identities(cells: pl.DataFrame, typed: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """`_row` and two columns for each identifying one: its value, and its text where there is no value.

    So 5 and 5.0 in an integer column are the same, and two different unreadable cells are not. An empty key cell
    counts as a value.
    """
    names = [name for name in (key or cells.columns) if name in cells.columns and name != "_row"]
    columns = [typed["_row"]]
    for position, name in enumerate(names):
        value, text = typed[name], cells[name]
        columns.append(value.alias(f"v{position}"))
        if value.dtype != pl.String and value.null_count() != text.null_count():
            columns.append(text.set(value.is_not_null(), None).alias(f"t{position}"))
    return pl.DataFrame(columns)


def distinct(identity: pl.DataFrame) -> int:
    """How many different ones there are."""
    return identity.drop("_row").n_unique() if identity.width > 1 else identity.height


def mark_duplicates(identity: pl.DataFrame, refused: pl.Series, reasons: Reasons) -> None:
    """Among rows that nothing else refuses the first of its kind stays; each later one names it."""
    good = identity.filter(~identity["_row"].is_in(refused.implode())) if len(refused) else identity
    if good.width == 1 or distinct(good) == good.height:
        return
    names = [name for name in good.columns if name != "_row"]
    firsts = good.group_by(names, maintain_order=True).agg(pl.col("_row").min().alias("first"))
    pairs = good.join(firsts, on=names, nulls_equal=True).filter(pl.col("_row") != pl.col("first")).sort("_row")
    sentences = pl.select(pl.concat_str(pl.lit("duplicate of row "), pairs["first"].cast(pl.String))).to_series()
    reasons.add_each(dict(zip(pairs["_row"].to_list(), sentences.to_list(), strict=True)))
