"""The example's own pipeline with fewer trials and without its month of patience, in a project of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]

SHORTER = {
    "retrain: {every: month, min_partitions: 28}": "retrain: {every: month, min_partitions: 4}",
    "C: [0.01, 0.1, 1.0, 10.0]": "C: [0.1, 1.0]",
    "search: {kind: random, trials: 8, rounds: 2}": "search: {kind: random, trials: 4, rounds: 2}",
    "training: {metric: roc_auc, min_success_ratio: 0.75, seed: 2013, timeout_minutes: 20, parallel: 2}": (
        "training: {metric: roc_auc, min_success_ratio: 0.75, seed: 2013, timeout_minutes: 20, parallel: 3}"
    ),
}
TRIALS = 6
"""Of a study: two of the grid, four drawn."""


def short_project(folder: Path) -> Path:
    """Copies the project's DAGs and plugins into `folder`; returns the folder of its pipelines."""
    shutil.copytree(ROOT / "dags", folder / "dags", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "plugins", folder / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    pipelines = folder / "dags" / "pipelines"
    path = pipelines / "flights_delay.yaml"
    text = path.read_text(encoding="utf-8")
    for long, short in SHORTER.items():
        assert text.count(long) == 1, f"{path.name} no longer says {long!r}"
        text = text.replace(long, short)
    path.write_text(text, encoding="utf-8")
    return pipelines
