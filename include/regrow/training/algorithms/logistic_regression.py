"""Logistic regression on scaled numbers and spread categories, by scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn import linear_model
from sklearn.exceptions import ConvergenceWarning
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from regrow.errors import UsageError
from regrow.spec.space import Value
from regrow.training.algorithms.options.logistic_regression import HYPERPARAMETERS
from regrow.training.algorithms.skops_bytes import skops_bytes
from regrow.training.algorithms.tabular import tabular_pipeline
from regrow.training.hyperparameters import Hyperparameter
from regrow.training.matrix import Matrix
from regrow.training.trainer import CurvePoint

PENALTIES = {
    "liblinear": ("l1", "l2"),
    "saga": ("l1", "l2", None),
}
OTHER_PENALTIES = ("l2", None)


@dataclass(frozen=True)
class Fitted:
    pipeline: Pipeline
    notes: tuple[str, ...]
    curve: tuple[CurvePoint, ...] = ()

    def predict(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(self.pipeline.predict_proba(x), dtype=np.float64)

    def write(self, file: Path) -> None:
        file.write_bytes(skops_bytes(self.pipeline))


class LogisticRegression:
    HYPERPARAMETERS: ClassVar[tuple[Hyperparameter, ...]] = HYPERPARAMETERS
    FORMAT: ClassVar[Literal["lightgbm-text", "skops"]] = "skops"
    FILE: ClassVar[str] = "model.skops"
    LIBRARIES: ClassVar[tuple[str, ...]] = ("numpy", "scikit-learn", "scipy", "skops")

    def fit(
        self, train: Matrix, validation: Matrix, hyperparameters: Mapping[str, Value], *, seed: int, threads: int
    ) -> Fitted:
        """Raises UsageError where solver and penalty do not go together."""
        estimator, notes = _estimator(hyperparameters, seed, len(train.table.classes))
        pipeline = tabular_pipeline(train.table, estimator)
        # BLAS adds in another order with another number of threads, and so ends in other bits.
        with threadpool_limits(threads), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            pipeline.fit(train.x, train.y)
        if any(issubclass(warning.category, ConvergenceWarning) for warning in caught):
            notes = (*notes, f"stopped at {hyperparameters['max_iter']} steps before it converged")
        return Fitted(pipeline, notes)


def _estimator(hyperparameters: Mapping[str, Value], seed: int, classes: int) -> tuple[Any, tuple[str, ...]]:
    solver, penalty = str(hyperparameters["solver"]), hyperparameters["penalty"]
    allowed = PENALTIES.get(solver, OTHER_PENALTIES)
    if penalty not in allowed:
        words = " or ".join("null" if name is None else str(name) for name in allowed)
        raise UsageError(f"the solver {solver} goes with the penalty {words}, not {penalty}")
    estimator = linear_model.LogisticRegression(
        C=hyperparameters["C"] if penalty else np.inf,
        l1_ratio=1.0 if penalty == "l1" else 0.0,
        solver=solver,
        max_iter=hyperparameters["max_iter"],
        class_weight=hyperparameters["class_weight"],
        random_state=seed % 2**31,
    )
    if solver == "liblinear" and classes > 2:
        return OneVsRestClassifier(estimator), (
            f"liblinear tells two classes apart: {classes} are wrapped one-vs-rest",
        )
    return estimator, ()
