"""The test rows of a split, and the same rows in another model's codes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from regrow.evaluation.intervals import Floats, Labels
from regrow.training.table import FeatureColumn, TableSpec


@dataclass(frozen=True)
class Rows:
    table: TableSpec
    matrix: Floats
    """[n, p], in the table's codes."""
    labels: Labels
    """[n], class indices."""
    first_time: str
    last_time: str
    """Of the rows, as text; empty without a time column."""

    @property
    def class_rows(self) -> dict[str, int]:
        counts = np.bincount(self.labels, minlength=len(self.table.classes))
        return {name: int(count) for name, count in zip(self.table.classes, counts, strict=True)}


def read_rows(split: Path) -> Rows:
    """Of a split's output folder."""
    table = TableSpec.model_validate_json((split / "table.json").read_bytes())
    frame = pl.read_parquet(split / "test.parquet", glob=False)
    columns = [frame[name].cast(pl.Float64).to_numpy() for name in table.names]
    matrix = np.column_stack(columns).astype(np.float64) if columns else np.empty((frame.height, 0))
    times = frame["__time__"].drop_nulls() if "__time__" in frame.columns else pl.Series(dtype=pl.String)
    span = (str(times.min()), str(times.max())) if len(times) else ("", "")
    return Rows(table, np.ascontiguousarray(matrix), frame["__label__"].to_numpy().astype(np.int64), *span)


def obstacle(ours: TableSpec, theirs: TableSpec) -> str:
    """Why a model of `theirs` cannot be scored on rows of `ours`; empty where it can."""
    if ours.classes != theirs.classes:
        return f"it predicts the classes {', '.join(theirs.classes)}, the rows have {', '.join(ours.classes)}"
    known = {feature.name: feature for feature in ours.features}
    missing = [feature.name for feature in theirs.features if feature.name not in known]
    if missing:
        return f"its feature{'s' * (len(missing) > 1)} {', '.join(missing)} {_are(missing)} no longer made"
    changed = [feature.name for feature in theirs.features if known[feature.name].kind != feature.kind]
    return f"{', '.join(changed)} {_are(changed)} of another kind now" if changed else ""


def _are(names: list[str]) -> str:
    return "are" if len(names) > 1 else "is"


def recoded(rows: Rows, theirs: TableSpec) -> Floats:
    """The same rows as a model of `theirs` reads them, [n, p]: its features, its order, its codes.

    A category that only it knows was already coded as missing by the split; one that it does not know becomes missing.
    """
    place = {feature.name: i for i, feature in enumerate(rows.table.features)}
    columns = [_recoded(rows, place[feature.name], feature) for feature in theirs.features]
    return np.ascontiguousarray(np.column_stack(columns)) if columns else np.empty((len(rows.labels), 0))


def _recoded(rows: Rows, column: int, feature: FeatureColumn) -> Floats:
    values = rows.matrix[:, column]
    categories = rows.table.features[column].categories
    if feature.kind == "numeric" or categories == feature.categories:
        return values
    codes = {category: float(code) for code, category in enumerate(feature.categories)}
    by_code = np.array([*(codes.get(category, np.nan) for category in categories), np.nan])
    return by_code[np.where(np.isnan(values), len(categories), values).astype(np.int64)]
