"""What a format's loader gives back, and how it refuses."""

from __future__ import annotations

from typing import Protocol

from numpy import float64
from numpy.typing import NDArray

from regrow.errors import RegrowError

Matrix = NDArray[float64]


class ModelRefused(RegrowError):
    """A model's folder is not what may be loaded. Nothing of it was executed."""

    code = "model_refused"

    def __init__(self, *, folder: str, reason: str) -> None:
        super().__init__(f"the model in {folder} is refused: {reason}", folder=folder, reason=reason)
        self.folder, self.reason = folder, reason


class BadModelFile(ValueError):
    """Raised by a format's loader with the reason; `models.load` names the folder."""


class Predict(Protocol):
    def __call__(self, matrix: Matrix) -> Matrix:
        """Features [n, p], NaN where missing, to probabilities [n, k] in the order of the card's classes."""
