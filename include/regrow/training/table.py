"""What a model's matrix means: which column is which feature, how categories are coded, what the classes are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from regrow.frozen import Frozen


class FeatureColumn(Frozen):
    name: str
    kind: Literal["numeric", "categorical"]
    categories: tuple[str, ...] = ()
    """Of a categorical: its values in training, sorted; the code is the position. Unknown and missing are NaN."""


class TableSpec(Frozen):
    features: tuple[FeatureColumn, ...]
    """In matrix order."""
    label: str
    classes: tuple[str, ...]
    """The label's values, sorted; the class index is the position. Two classes: index 1 is the positive one."""
    time: str | None = None
    key: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.features)


class ModelCard(Frozen):
    """`model.json` beside a model's native file: all that is needed to load and to feed it."""

    algorithm: str
    format: Literal["lightgbm-text", "skops"]
    file: str
    hyperparameters: Mapping[str, bool | int | float | str | None]
    """In force, defaults of ours included."""
    table: TableSpec
    libraries: Mapping[str, str]
    """Name to version of what wrote the file."""
    seed: int
    notes: tuple[str, ...] = ()
    """What a person should know: a solver that was wrapped, rows that were sampled."""
