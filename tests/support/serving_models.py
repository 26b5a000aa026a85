"""Models for tests of serving: a real small LightGBM one on disk, and one that is a formula."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np
from numpy.typing import NDArray

from regrow.serving.predictor.scoring import ServedModel
from regrow.serving.slot_folder import model_folder, write_manifest
from regrow.store.port import FileEntry, Store
from regrow.training.table import FeatureColumn, ModelCard, TableSpec

TABLE = TableSpec(
    features=(
        FeatureColumn(name="distance", kind="numeric"),
        FeatureColumn(name="carrier", kind="categorical", categories=("AA", "DL", "UA")),
        FeatureColumn(name="hour", kind="numeric"),
    ),
    label="late",
    classes=("no", "yes"),
)
ROW = {"distance": 1400.0, "carrier": "DL", "hour": 17}


def card(file_format: str = "lightgbm-text", file: str = "model.txt") -> ModelCard:
    return ModelCard(
        algorithm="lightgbm", format=file_format, file=file, hyperparameters={}, table=TABLE, libraries={}, seed=0
    )


@dataclass(frozen=True)
class Formula:
    """Late with probability hour / 24, or whatever `constant` says; NaN hours count as noon."""

    card: ModelCard
    constant: float | None = None

    def predict(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        late = np.nan_to_num(matrix[:, 2], nan=12.0) / 24
        late = np.clip(late, 0, 1) if self.constant is None else np.full(len(matrix), self.constant)
        return np.column_stack((1 - late, late))


def served_formula(constant: float | None = None) -> ServedModel:
    return ServedModel("flights", "1.2.0", "a", Formula(card(), constant))


def write_model(folder: Path, seed: int = 0) -> dict[str, Path]:
    """model.json and model.txt of 20 real trees, by name."""
    rng = np.random.default_rng(seed)
    matrix = np.column_stack((rng.normal(1000, 300, 400), rng.integers(0, 3, 400), rng.integers(0, 24, 400)))
    late = (matrix[:, 2] + rng.normal(0, 4, 400) > 14).astype(int)
    params = {"objective": "binary", "verbosity": -1, "num_threads": 1, "seed": seed, "min_data_in_leaf": 5}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.txt").write_text(
        lightgbm.train(params, lightgbm.Dataset(matrix, late, categorical_feature=[1]), 20).model_to_string()
    )
    (folder / "model.json").write_bytes(card().canonical())
    return {name: folder / name for name in ("model.json", "model.txt")}


def put_model(store: Store, folder: Path, seed: int = 0, prefix: str = "") -> str:
    """The digest of the artifact in the store."""
    return store.put({f"{prefix}{name}": path for name, path in write_model(folder, seed).items()}).digest


def write_slot(slot: Path, seed: int = 0) -> Path:
    """A slot's folder as the deployer leaves it."""
    files = write_model(model_folder(slot), seed)
    entries = tuple(
        FileEntry(name=name, size=path.stat().st_size, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
        for name, path in files.items()
    )
    write_manifest(slot, entries, "")
    return slot
