"""Reading and writing tables so that equal rows are equal bytes, whatever the machine's number of threads."""

from __future__ import annotations

from pathlib import Path

import polars as pl

ROW_GROUP = 131_072


def write_frame(frame: pl.DataFrame, path: Path) -> None:
    """Parquet of fixed layout: one chunk, fixed row groups and compression."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.rechunk().write_parquet(path, compression="zstd", compression_level=3, row_group_size=ROW_GROUP)


def read_frame(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path, glob=False, hive_partitioning=False)
