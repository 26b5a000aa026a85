"""LightGBM's own text file, read by its Booster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from regrow.serving.formats.contract import BadModelFile, Matrix, Predict
from regrow.training.table import ModelCard

_FIRST_LINES = (b"tree\n", b"tree\r\n")


def open_model(raw: bytes, card: ModelCard) -> Predict:
    """One thread: a single row answers in some 50 microseconds, and every machine adds up in the same order."""
    if not raw.startswith(_FIRST_LINES):
        raise BadModelFile("the file does not begin like a LightGBM text model")
    booster = _booster(raw)
    if booster.num_feature() != len(card.table.features):
        raise BadModelFile(f"the trees read {booster.num_feature()} features, the card {len(card.table.features)}")
    outputs = booster.num_model_per_iteration()
    if outputs != (1 if len(card.table.classes) == 2 else len(card.table.classes)):
        raise BadModelFile(f"the trees have {outputs} outputs for {len(card.table.classes)} classes")

    return Trees(booster)


@dataclass(frozen=True)
class Trees:
    booster: Any

    def __call__(self, matrix: Matrix) -> Matrix:
        scores = np.asarray(self.booster.predict(matrix, num_threads=1), dtype=np.float64)
        return np.column_stack((1.0 - scores, scores)) if scores.ndim == 1 else scores

    def gain(self) -> Matrix:
        """Each feature's summed gain over all splits, [p]."""
        return np.asarray(self.booster.feature_importance("gain"), dtype=np.float64)


def _booster(raw: bytes) -> Any:
    import lightgbm

    try:
        return lightgbm.Booster(model_str=raw.decode("utf-8"))
    except (lightgbm.basic.LightGBMError, UnicodeDecodeError) as error:
        raise BadModelFile(f"LightGBM cannot read it: {error}") from error
