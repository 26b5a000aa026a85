"""Gradient-boosted trees by LightGBM, kept as its text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import lightgbm
import numpy as np
from numpy.typing import NDArray

from regrow.spec.space import Value
from regrow.training.algorithms.options.lightgbm import HYPERPARAMETERS
from regrow.training.hyperparameters import Hyperparameter
from regrow.training.matrix import Matrix
from regrow.training.table import TableSpec
from regrow.training.trainer import CurvePoint

CURVE_POINTS = 50
RENAMED = {
    "min_child_samples": "min_data_in_leaf",
    "subsample": "bagging_fraction",
    "colsample_bytree": "feature_fraction",
    "reg_alpha": "lambda_l1",
    "reg_lambda": "lambda_l2",
    "min_split_gain": "min_gain_to_split",
}
OURS = ("n_estimators", "early_stopping_rounds", "class_weight")


@dataclass(frozen=True)
class Fitted:
    booster: Any
    trees: int
    notes: tuple[str, ...]
    curve: tuple[CurvePoint, ...]

    def predict(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        found = np.asarray(self.booster.predict(x, num_iteration=self.trees, num_threads=1), dtype=np.float64)
        return found if found.ndim == 2 else np.column_stack([1 - found, found])

    def write(self, file: Path) -> None:
        file.write_text(self.booster.model_to_string(num_iteration=self.trees), encoding="utf-8")


class LightGbm:
    HYPERPARAMETERS: ClassVar[tuple[Hyperparameter, ...]] = HYPERPARAMETERS
    FORMAT: ClassVar[Literal["lightgbm-text", "skops"]] = "lightgbm-text"
    FILE: ClassVar[str] = "model.txt"
    LIBRARIES: ClassVar[tuple[str, ...]] = ("lightgbm", "numpy")

    def fit(
        self, train: Matrix, validation: Matrix, hyperparameters: Mapping[str, Value], *, seed: int, threads: int
    ) -> Fitted:
        parameters = _parameters(hyperparameters, len(train.table.classes), seed, threads)
        rows, compared = _datasets(train, validation, hyperparameters, parameters)
        history: dict[str, dict[str, list[float]]] = {}
        callbacks = [lightgbm.record_evaluation(history)]
        if patience := hyperparameters["early_stopping_rounds"]:
            callbacks.append(lightgbm.early_stopping(patience, first_metric_only=True, verbose=False))
        booster = lightgbm.train(
            parameters,
            rows,
            num_boost_round=hyperparameters["n_estimators"],
            valid_sets=[compared],
            valid_names=["validation"],
            callbacks=callbacks,
        )
        trees = booster.best_iteration if patience and booster.best_iteration > 0 else booster.current_iteration()
        return Fitted(booster, trees, _notes(trees, hyperparameters), _curve(history["validation"]))


def _parameters(hyperparameters: Mapping[str, Value], classes: int, seed: int, threads: int) -> dict[str, Any]:
    own = {RENAMED.get(name, name): value for name, value in hyperparameters.items() if name not in OURS}
    binary = classes == 2
    task = {
        "objective": "binary" if binary else "multiclass",
        "metric": ["auc", "binary_logloss"] if binary else ["multi_logloss"],
        **({} if binary else {"num_class": classes}),
    }
    # Without a fixed layout LightGBM times both and takes the faster one, which may differ from run to run.
    fixed = {
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": threads,
        "seed": seed % 2**31,
        "verbosity": -1,
    }
    return task | own | fixed | {"bagging_freq": int(own["bagging_fraction"] != 1.0)}


def _datasets(
    train: Matrix, validation: Matrix, hyperparameters: Mapping[str, Value], parameters: dict[str, Any]
) -> tuple[Any, Any]:
    weight = None
    if hyperparameters["class_weight"] == "balanced":
        counts = np.bincount(train.y, minlength=len(train.table.classes))
        weight = (len(train.y) / (len(counts) * np.maximum(counts, 1)))[train.y]
    rows = lightgbm.Dataset(
        train.x,
        label=train.y,
        weight=weight,
        feature_name=_names(train.table),
        categorical_feature=[n for n, feature in enumerate(train.table.features) if feature.kind == "categorical"],
        params=parameters,
    )
    return rows, rows.create_valid(validation.x, label=validation.y)


def _names(table: TableSpec) -> list[str]:
    """LightGBM refuses names with JSON's characters and changes blanks."""
    plain = [re.sub(r"\W", "_", name, flags=re.ASCII) for name in table.names]
    return plain if len(set(plain)) == len(plain) else [f"feature_{position}" for position in range(len(plain))]


def _notes(trees: int, hyperparameters: Mapping[str, Value]) -> tuple[str, ...]:
    if trees >= int(hyperparameters["n_estimators"] or 0):
        return ()
    return (f"stopped early: {trees} of {hyperparameters['n_estimators']} trees are kept",)


def _curve(history: Mapping[str, list[float]]) -> tuple[CurvePoint, ...]:
    """At most about 50 points of each metric, the last one among them."""
    points = []
    for name, values in sorted(history.items()):
        every = max(1, len(values) // CURVE_POINTS)
        steps = sorted({*range(every, len(values) + 1, every), len(values)})
        points += [CurvePoint(step, f"validation_{name}", float(values[step - 1])) for step in steps]
    return tuple(points)
