"""Small real splits and trials, written as the steps before the selection write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import lightgbm
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from regrow.steps.contract import Inputs, StepContext
from regrow.training.table import FeatureColumn, ModelCard, TableSpec

CARRIERS = ("AA", "B6", "UA")
DELAY = FeatureColumn(name="delay", kind="numeric")
CARRIER = FeatureColumn(name="carrier", kind="categorical", categories=CARRIERS)
NOISE = FeatureColumn(name="noise", kind="numeric")

Draw = tuple[dict[str, NDArray[np.float64]], NDArray[np.int64]]


def table(*features: FeatureColumn, classes: tuple[str, ...] = ("no", "yes")) -> TableSpec:
    return TableSpec(features=features, label="late", classes=classes)


def draw(n: int, seed: int) -> Draw:
    """Features by name, carriers as codes of CARRIERS, and labels that lean on delay and carrier."""
    rng = np.random.default_rng(seed)
    values = {"delay": rng.normal(size=n), "carrier": rng.integers(0, 3, n).astype(float), "noise": rng.normal(size=n)}
    chance = 1 / (1 + np.exp(-(1.5 * values["delay"] + values["carrier"] - 1.0)))
    return values, (rng.random(n) < chance).astype(np.int64)


def matrix(values: Mapping[str, NDArray[np.float64]], spec: TableSpec) -> NDArray[np.float64]:
    """In the codes of `spec`, from codes of CARRIERS."""
    columns = []
    for feature in spec.features:
        column = values[feature.name]
        if feature.kind == "categorical":
            codes = [feature.categories.index(c) if c in feature.categories else np.nan for c in CARRIERS]
            column = np.array(codes)[column.astype(int)]
        columns.append(column)
    return np.column_stack(columns)


def write_split(folder: Path, spec: TableSpec, drawn: Draw) -> Path:
    folder.mkdir(parents=True)
    values, labels = drawn
    coded = dict(zip(spec.names, matrix(values, spec).T, strict=True))
    frame = pl.DataFrame({**coded, "__label__": labels}).with_columns(pl.col(spec.names).fill_nan(None))
    for part in ("train", "validation", "test"):
        frame.write_parquet(folder / f"{part}.parquet")
    (folder / "table.json").write_bytes(spec.canonical())
    return folder


def write_trial(folder: Path, spec: TableSpec, drawn: Draw, trees: int = 20) -> Path:
    values, labels = drawn
    categorical = [i for i, feature in enumerate(spec.features) if feature.kind == "categorical"]
    data = lightgbm.Dataset(matrix(values, spec), labels, categorical_feature=categorical)
    options = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_per_group": 5, "seed": 1}
    (folder / "model").mkdir(parents=True)
    lightgbm.train(options, data, trees).save_model(folder / "model" / "model.txt")
    card = ModelCard(
        algorithm="lightgbm",
        format="lightgbm-text",
        file="model.txt",
        hyperparameters={"trees": trees},
        table=spec,
        libraries={"lightgbm": lightgbm.__version__},
        seed=1,
    )
    (folder / "model" / "model.json").write_bytes(card.canonical())
    return folder


Judge = Callable[..., StepContext]


@pytest.fixture
def context(tmp_path: Path) -> Judge:
    """context(split, candidate, champion=None, **params) -> StepContext with an empty output folder."""

    def build(split: Path, candidate: Path, champion: Path | None = None, **params: object) -> StepContext:
        folders = {"split": {"split": split}, "candidate": {"r0k00": candidate}}
        if champion is not None:
            folders["champion"] = {"1.0.0": champion}
        taken: Sequence[Path] = list(tmp_path.glob("out*"))
        out = tmp_path / f"out{len(taken)}"
        out.mkdir()
        version = "1.0.0" if champion is not None else None
        defaults = {"metric": "roc_auc", "champion_version": version, "candidate": "r0k00", "require": {}}
        return StepContext(defaults | params, Inputs(folders), out, seed=3, log=lambda line: None)

    return build
