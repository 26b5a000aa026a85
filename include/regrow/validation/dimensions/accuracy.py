"""Accuracy: rows that agree with the named reference / rows matched in it."""

import polars as pl

from regrow.validation.measure import BatchFacts, Measure, share


def measure(facts: BatchFacts, column: str | None) -> Measure:
    """Over the readable rows. A row agrees where one of its matches has its values; empty agrees with empty."""
    task = facts.accuracy
    if task is None or task.reference not in facts.references:
        return share(0, 0)
    names = [*task.match, *task.agree]
    if not set(names) <= set(facts.typed.columns):
        return share(0, 0)
    rows, reference = facts.typed.select(names), facts.references[task.reference].select(names)
    reference = _alike(reference, rows)
    matched = rows.join(reference, on=list(task.match), how="semi")
    agreeing = matched.join(reference, on=names, how="semi", nulls_equal=True)
    return share(agreeing.height, matched.height)


def _alike(reference: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The reference in the rows' types: 5 agrees with 5.0; what has no such value is null."""
    return reference.with_columns(pl.col(name).cast(kind, strict=False) for name, kind in rows.schema.items())
