"""The model that this process serves, and its predictions as checked numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from regrow.serving.predictor.problem import Problem
from regrow.training.table import ModelCard


class Scorer(Protocol):
    @property
    def card(self) -> ModelCard: ...

    def predict(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """[rows, features] to probabilities [rows, classes]."""


class NonFiniteOutput(Problem):
    def __init__(self) -> None:
        super().__init__(
            500, "non_finite_output", "the model's output is not finite for these rows; no prediction is given"
        )


@dataclass(frozen=True)
class ServedModel:
    name: str
    version: str
    slot: str
    scorer: Scorer

    @property
    def classes(self) -> tuple[str, ...]:
        return self.scorer.card.table.classes

    def score(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities [rows, classes]. Raises NonFiniteOutput: a number that is none never leaves."""
        probabilities = self.scorer.predict(matrix)
        if probabilities.shape != (len(matrix), len(self.classes)) or not np.isfinite(probabilities).all():
            raise NonFiniteOutput
        return probabilities


@dataclass(frozen=True, slots=True)
class Prediction:
    labels: list[str]
    probabilities: NDArray[np.float64]
    unknown: int


def predict(model: ServedModel, matrix: NDArray[np.float64], unknown: int) -> Prediction:
    probabilities = model.score(matrix)
    classes = model.classes
    return Prediction([classes[index] for index in probabilities.argmax(axis=1).tolist()], probabilities, unknown)
