"""A small real model's folder and study for tests of registries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import lightgbm
import numpy as np

from regrow.registry.port import TrialLog
from regrow.training.table import FeatureColumn, ModelCard, TableSpec

TABLE = TableSpec(
    features=(
        FeatureColumn(name="delay", kind="numeric"),
        FeatureColumn(name="carrier", kind="categorical", categories=("AA", "B6", "UA")),
    ),
    label="late",
    classes=("no", "yes"),
)


def model_folder(folder: Path, trees: int = 3, table: TableSpec = TABLE) -> Path:
    """LightGBM's text and its card."""
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.normal(size=200) for _ in table.features])
    options = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}
    folder.mkdir(parents=True, exist_ok=True)
    lightgbm.train(options, lightgbm.Dataset(x, (x[:, 0] > 0).astype(int)), trees).save_model(folder / "model.txt")
    card = ModelCard(
        algorithm="lightgbm",
        format="lightgbm-text",
        file="model.txt",
        hyperparameters={"n_estimators": trees},
        table=table,
        libraries={"lightgbm": lightgbm.__version__},
        seed=0,
    )
    (folder / "model.json").write_bytes(card.canonical())
    return folder


def report_folder(folder: Path, words: str = "chosen") -> Path:
    """What a selection writes for people, in little."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").write_text(f"<h1>{words}</h1>")
    (folder / "report.json").write_text("{}")
    return folder


def trial(k: int, points: int = 3, failed: str = "") -> TrialLog:
    return TrialLog(
        fingerprint=f"{k:064x}",
        label=f"lightgbm r0 k{k:02d} num_leaves={k + 2}",
        algorithm="lightgbm",
        hyperparameters={"num_leaves": k + 2, "booster": "it's gbdt"},
        metrics={} if failed else {"roc_auc": 0.7 + k / 100, "unmeasured": float("nan")},
        curve=tuple((step, "roc_auc", 0.5 + step / 1000) for step in range(points)),
        seconds=1.5,
        failed=failed,
    )


def study(trials: int = 3) -> Sequence[TrialLog]:
    return [trial(k) for k in range(trials)]
