"""Timeliness: rows inside their allowed age on arrival / rows."""

from datetime import timedelta

import polars as pl

from regrow.validation.measure import BatchFacts, Measure, share


def measure(facts: BatchFacts, column: str | None) -> Measure:
    """Over the readable rows; one without a time is outside. A date is its midnight, UTC."""
    task = facts.timeliness
    if task is None or facts.arrived_at is None or task.column not in facts.typed.columns:
        return share(0, 0)
    oldest = facts.arrived_at - timedelta(hours=task.max_age_hours)
    times = _times(facts.typed[task.column])
    return share(int((times >= oldest).sum()), facts.typed.height)


def _times(values: pl.Series) -> pl.Series:
    """Moments in UTC; null for what is none. Text is read as ISO 8601, one without an offset as UTC."""
    if values.dtype == pl.String:
        values = pl.Series(values.str.to_datetime(time_zone="UTC", time_unit="us", strict=False))
    elif not values.dtype.is_temporal():
        values = pl.repeat(None, len(values), dtype=pl.Datetime("us"), eager=True)
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone:
        return values.dt.convert_time_zone("UTC")
    return values.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
