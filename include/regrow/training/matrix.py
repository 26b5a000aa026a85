"""Numbers to learn from: a table of features, coded and split, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from regrow.errors import RegrowError
from regrow.training.frames import read_frame
from regrow.training.table import TableSpec

LABEL, TIME = "__label__", "__time__"
PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Matrix:
    """Rows of one part of a split."""

    x: NDArray[np.float64]
    """[n, p], in the table's order of features; categoricals as codes, missing values as NaN."""
    y: NDArray[np.int64]
    """[n], positions in the table's classes."""
    table: TableSpec


def read_table(folder: Path) -> TableSpec:
    return TableSpec.model_validate_json((folder / "table.json").read_bytes())


def read_matrix(folder: Path, part: str) -> Matrix:
    """One of `train`, `validation`, `test` of a split's output folder."""
    if part not in PARTS:
        raise RegrowError(f"a split has the parts {', '.join(PARTS)}, not {part!r}")
    table, frame = read_table(folder), read_frame(folder / f"{part}.parquet")
    features = [frame[name].to_numpy() for name in table.names]
    x = np.column_stack(features) if features else np.empty((frame.height, 0))
    return Matrix(np.ascontiguousarray(x, dtype=np.float64), frame[LABEL].to_numpy().astype(np.int64), table)
