"""Parquet whose bytes depend on the rows and nothing else."""

from __future__ import annotations

from pathlib import Path

import polars as pl

ROW_GROUP = 131_072


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """One chunk, fixed groups and compression, no statistics: equal frames, equal files."""
    frame.rechunk().write_parquet(
        path, compression="zstd", compression_level=3, statistics=False, row_group_size=ROW_GROUP, use_pyarrow=False
    )
