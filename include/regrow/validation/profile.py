"""A few figures for each column of what was accepted."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

_FIGURES: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "count": lambda column: column.count(),
    "null": lambda column: column.null_count(),
    "distinct": lambda column: column.drop_nulls().n_unique(),
    "min": lambda column: column.min(),
    "max": lambda column: column.max(),
}


def profile(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """By column: type, count (non-null), null, distinct, min, max and, of numbers, mean. Times as ISO text."""
    kinds = {name: kind for name, kind in frame.schema.items() if name != "_row"}
    wanted = [_FIGURES[figure](pl.col(name)).alias(f"{figure} {name}") for name in kinds for figure in _FIGURES]
    wanted += [pl.col(name).mean().alias(f"mean {name}") for name, kind in kinds.items() if kind.is_numeric()]
    row = frame.select(wanted).row(0, named=True) if wanted else {}
    return {
        name: {
            "type": str(kind),
            **{figure: _plain(row[f"{figure} {name}"]) for figure in _FIGURES},
            "mean": _rounded(row.get(f"mean {name}")),
        }
        for name, kind in kinds.items()
    }


def _rounded(value: float | None) -> float | None:
    """Twelve digits: more would differ with the order of summation."""
    return float(f"{value:.12g}") if value is not None and math.isfinite(value) else None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
