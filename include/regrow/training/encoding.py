"""How features become numbers. All that is learned here is learned on training rows alone."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from regrow.errors import RegrowError
from regrow.training.matrix import LABEL, TIME
from regrow.training.table import FeatureColumn, TableSpec

MAX_CLASSES = 100


def class_texts(labels: pl.Series) -> pl.Series:
    """A label's values as text; true and false are written small. Raises RegrowError for what is no class."""
    if labels.dtype.is_float():
        if (labels.drop_nulls() % 1 != 0).any():
            raise RegrowError(f"the label {labels.name!r} has fractions: only classes can be predicted")
        labels = labels.cast(pl.Int64)
    return labels.cast(pl.String)


def classes_of(labels: pl.Series) -> tuple[str, ...]:
    """The classes in training, sorted as the values are: 2 before 10, false before true."""
    values = labels.drop_nulls().unique().cast(pl.String if labels.dtype in (pl.Categorical, pl.Enum) else labels.dtype)
    found = class_texts(values.sort()).to_list()
    if len(found) > MAX_CLASSES:
        raise RegrowError(f"the label {labels.name!r} has {len(found):,} values; at most {MAX_CLASSES} are classes")
    return tuple(found)


def learn_table(train: pl.DataFrame, label: str, time: str | None, key: Sequence[str]) -> TableSpec:
    names = [name for name in train.columns if name not in {label, time, *key}]
    features = tuple(_feature(train[name]) for name in names)
    return TableSpec(features=features, label=label, classes=classes_of(train[label]), time=time, key=tuple(key))


def _feature(column: pl.Series) -> FeatureColumn:
    if column.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return FeatureColumn(name=column.name, kind="numeric")
    values = column.cast(pl.String).drop_nulls().unique().sort().to_list()
    return FeatureColumn(name=column.name, kind="categorical", categories=tuple(values))


def encode(rows: pl.DataFrame, table: TableSpec) -> pl.DataFrame:
    """The table's features as Float64, then `__label__`, `__time__` and the key; rows of unknown classes left out."""
    texts = class_texts(rows[table.label]).to_list()
    codes = {text: position for position, text in enumerate(table.classes)}
    label = pl.Series(LABEL, [codes.get(text) for text in texts], dtype=pl.Int64)
    coded = [_codes(rows[feature.name], feature) for feature in table.features]
    time = [rows[table.time].alias(TIME)] if table.time else []
    key = [rows[name] for name in table.key]
    return pl.DataFrame([*coded, label, *time, *key]).filter(pl.col(LABEL).is_not_null())


def _codes(column: pl.Series, feature: FeatureColumn) -> pl.Series:
    if feature.kind == "numeric":
        return column.cast(pl.Float64)
    known = pl.Enum(feature.categories)
    return column.cast(pl.String).cast(known, strict=False).to_physical().cast(pl.Float64)
