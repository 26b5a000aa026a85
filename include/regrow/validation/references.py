"""Tables beside the rows: read from the snapshot, kept as Parquet for features and for accuracy.

Nobody declares their columns, so types are found: a column whose every value is a number is numeric, with NA read as
empty there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from regrow.errors import RegrowError
from regrow.validation.cells import read_cells
from regrow.validation.records import split
from regrow.validation.values import infer


class ReferenceProblem(RegrowError):
    """A reference table that cannot be read."""

    code = "reference"


def read_references(folder: Path) -> dict[str, pl.DataFrame]:
    """By name; `folder` holds one folder per reference with its file. Raises ReferenceProblem."""
    if not folder.is_dir():
        return {}
    return {item.name: _read(next(_files(item))) for item in sorted(folder.iterdir()) if any(_files(item))}


def _files(folder: Path) -> Iterator[Path]:
    return iter(sorted(path for path in folder.iterdir() if path.is_file()))


def _read(path: Path) -> pl.DataFrame:
    if path.suffix == ".parquet":
        try:
            return pl.read_parquet(path)
        except pl.exceptions.PolarsError as error:
            raise ReferenceProblem(f"the reference {path.name} is no Parquet file") from error
    records = split(path.read_bytes())
    if not records.names or len(set(records.names)) != len(records.names):
        raise ReferenceProblem(f"the reference {path.name} has no header with a different name for each column")
    cells = read_cells(records)
    if cells.unreadable:
        row, reason = min(cells.unreadable.items())
        raise ReferenceProblem(f"the reference {path.name} cannot be read at row {row}: {reason}")
    return infer(cells.frame.rename(dict(zip(cells.frame.columns, records.names, strict=True))), null_word="NA")
