"""The trial step: one algorithm with one set of hyperparameters, fitted on the training rows and measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regrow.errors import RegrowError
from regrow.frozen import canonical
from regrow.steps.contract import StepContext, StepOutcome
from regrow.training.algorithms import algorithms
from regrow.training.hyperparameters import resolve
from regrow.training.matrix import Matrix, read_matrix
from regrow.training.scores import scores
from regrow.training.table import ModelCard, TableSpec
from regrow.training.trainer import Model, Trainer

THREADS = 1
"""Of a fit. Fixed, so that a model's bytes depend neither on the machine nor on what runs beside it."""


def run(context: StepContext) -> StepOutcome:
    """Reads `split`; writes `model/`, `metrics.json` (validation rows), `training_metrics.json` and `curve.json`."""
    params, split = context.params, context.inputs.one("split")
    train, validation = read_matrix(split, "train"), read_matrix(split, "validation")
    trainer: Trainer = algorithms.load(params["algorithm"])()
    hyperparameters = resolve(params["algorithm"], trainer.HYPERPARAMETERS, params["hyperparameters"])
    model = trainer.fit(train, validation, hyperparameters, seed=context.seed, threads=THREADS)
    measured = {part: _measured(model, rows) for part, rows in (("validation", validation), ("training", train))}
    card = ModelCard(
        algorithm=params["algorithm"],
        format=trainer.FORMAT,
        file=trainer.FILE,
        hyperparameters=hyperparameters,
        table=train.table,
        libraries={name: version(name) for name in trainer.LIBRARIES},
        seed=context.seed,
        notes=model.notes,
    )
    _write(context, model, card, measured)
    return _outcome(params, measured["validation"], card)


def _measured(model: Model, rows: Matrix) -> dict[str, float]:
    p = model.predict(rows.x)
    _check_probabilities(p, rows.table)
    found = scores(rows.y, p)
    return found | {"f1_score": found["f1"]}


def _check_probabilities(p: NDArray[np.float64], table: TableSpec) -> None:
    if p.ndim != 2 or p.shape[1] != len(table.classes) or not np.isfinite(p).all():
        raise RegrowError(
            f"the model does not give {len(table.classes)} finite probabilities a row; nothing is kept of it"
        )


def _write(context: StepContext, model: Model, card: ModelCard, measured: Mapping[str, dict[str, float]]) -> None:
    folder = context.out / "model"
    folder.mkdir()
    model.write(folder / card.file)
    (folder / "model.json").write_bytes(card.canonical())
    (context.out / "metrics.json").write_bytes(canonical(measured["validation"]))
    (context.out / "training_metrics.json").write_bytes(canonical(measured["training"]))
    (context.out / "curve.json").write_bytes(canonical([asdict(point) for point in model.curve]))


def _outcome(params: Mapping[str, Any], metrics: dict[str, float], card: ModelCard) -> StepOutcome:
    metric = params["metric"]
    if metric not in metrics:
        raise RegrowError(f"there is no metric {metric!r} (known: {', '.join(metrics)})")
    rounded = {name: round(value, 6) if np.isfinite(value) else None for name, value in metrics.items()}
    notes = f" ({'; '.join(card.notes)})" if card.notes else ""
    return StepOutcome(
        f"{params['algorithm']}: {metric} {metrics[metric]:.4f} on the validation rows{notes}",
        facts={"metric": metric, "value": rounded[metric], "metrics": rounded, "notes": list(card.notes)},
    )
