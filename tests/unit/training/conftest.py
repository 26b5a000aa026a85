from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from regrow.steps.contract import Inputs, StepContext, StepOutcome
from regrow.training import split
from regrow.training.frames import write_frame

Run = Callable[..., tuple[Path, StepOutcome]]


@pytest.fixture
def run_step(tmp_path: Path) -> Run:
    """Runs a kernel in a folder of its own and gives the folder and the outcome."""
    count = 0

    def run(
        kernel: Callable[[StepContext], StepOutcome],
        params: Mapping[str, Any],
        inputs: Mapping[str, Mapping[str, Path]] | None = None,
        seed: int = 1,
        code: Path | None = None,
    ) -> tuple[Path, StepOutcome]:
        nonlocal count
        count += 1
        out = tmp_path / f"out-{count}"
        out.mkdir()
        return out, kernel(StepContext(params=params, inputs=Inputs(inputs or {}), out=out, seed=seed, code=code))

    return run


def _learnable(rows: int = 400, classes: int = 2, seed: int = 7) -> pl.DataFrame:
    """Numbers with holes, categories, a label that hangs on them, a time and a key."""
    draw = np.random.default_rng(seed)
    x, colour = draw.normal(size=rows), draw.integers(0, 3, rows)
    label = np.clip(np.floor(x + 0.8 * (colour == 1) + 0.7 * draw.normal(size=rows)) + 1, 0, classes - 1).astype(int)
    return pl.DataFrame(
        {
            "x": pl.Series(x).set(pl.Series(np.arange(rows) % 17 == 0), None),
            "noise": draw.normal(size=rows),
            "colour": [("blue", "green", "red")[position] for position in colour],
            "day": np.arange(rows) // 10,
            "id": [f"row {position:04d}" for position in range(rows)],
            "late": label,
        }
    )


@pytest.fixture
def learnable() -> Callable[..., pl.DataFrame]:
    return _learnable


@pytest.fixture
def split_folder(tmp_path: Path, run_step: Run) -> Callable[..., Path]:
    """A split's output of learnable rows."""

    def make(classes: int = 2, rows: int = 400) -> Path:
        features = tmp_path / f"features-{classes}-{rows}"
        write_frame(_learnable(rows, classes), features / "features.parquet")
        params = {"kind": "auto", "label": "late", "time_column": "day", "key": ["id"]}
        return run_step(split.run, params, {"features": {"all": features}})[0]

    return make
