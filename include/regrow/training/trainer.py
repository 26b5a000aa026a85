"""The port to what fits models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from regrow.spec.space import Value
from regrow.training.hyperparameters import Hyperparameter
from regrow.training.matrix import Matrix


@dataclass(frozen=True)
class CurvePoint:
    """A value that a metric had on the way."""

    step: int
    name: str
    value: float


class Model(Protocol):
    """What a trainer fitted."""

    notes: tuple[str, ...]
    """What a person should know about it."""
    curve: tuple[CurvePoint, ...]

    def predict(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities [n, k] of features [n, p]."""

    def write(self, file: Path) -> None:
        """The native file: equal models, equal bytes; no path, no clock, nothing that is executed when read."""


class Trainer(Protocol):
    """Fits one kind of model. The same arguments give the same bytes on every machine of one environment."""

    HYPERPARAMETERS: ClassVar[tuple[Hyperparameter, ...]]
    FORMAT: ClassVar[Literal["lightgbm-text", "skops"]]
    FILE: ClassVar[str]
    LIBRARIES: ClassVar[tuple[str, ...]]
    """The distributions whose versions the model's card tells."""

    def fit(
        self, train: Matrix, validation: Matrix, hyperparameters: Mapping[str, Value], *, seed: int, threads: int
    ) -> Model:
        """`hyperparameters` are complete and checked. Validation rows serve curves and stopping early."""
