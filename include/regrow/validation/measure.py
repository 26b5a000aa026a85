"""What a quality dimension is given and what it answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from regrow.frozen import Frozen


class Measure(Frozen):
    value: float
    """A share from 0 to 1; NaN where there was nothing to measure."""
    numerator: int
    denominator: int

    @property
    def known(self) -> bool:
        return not math.isnan(self.value)


def share(numerator: int, denominator: int) -> Measure:
    value = numerator / denominator if denominator else math.nan
    return Measure(value=value, numerator=numerator, denominator=denominator)


@dataclass(frozen=True)
class AccuracyTask:
    reference: str
    match: tuple[str, ...]
    agree: tuple[str, ...]


@dataclass(frozen=True)
class TimelinessTask:
    column: str
    max_age_hours: float


@dataclass(frozen=True)
class BatchFacts:
    """A batch as the dimensions see it. Tables hold the rows that could be read into cells."""

    rows: int
    """All rows, unreadable ones included."""
    invalid: int
    """Rows that the schema refuses, unreadable ones included."""
    inconsistent: int
    """Readable rows that break a cross-field rule."""
    cells: pl.DataFrame
    """`_row` and text."""
    typed: pl.DataFrame
    """`_row` and values."""
    identity: pl.DataFrame
    """`_row` and what makes a row the same as another."""
    required: tuple[str, ...]
    """The schema's required columns."""
    references: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    accuracy: AccuracyTask | None = None
    timeliness: TimelinessTask | None = None
    arrived_at: datetime | None = None
    """UTC."""
