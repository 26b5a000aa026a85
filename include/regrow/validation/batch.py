"""The files of one batch as one table of text, with each row's place and bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from regrow.validation.cells import Cells, read_cells
from regrow.validation.records import Records, split


@dataclass(frozen=True)
class BatchFile:
    name: str
    records: Records
    cells: Cells
    first: int
    """The batch position of its first row."""

    @property
    def header_problem(self) -> str:
        """Why its columns cannot be told apart; empty where they can."""
        names = self.records.names
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            return f"{self.name}: the header names {', '.join(map(repr, doubled))} more than once"
        if names and not all(names):
            return f"{self.name}: a column of the header has no name"
        reserved = sorted({"_row"} & set(names))
        return f"{self.name}: the column name '_row' is reserved" if reserved else ""

    def table(self) -> pl.DataFrame:
        """`_row` and its columns by name, text; only rows that could be read."""
        frame = self.cells.frame.rename(dict(zip(self.cells.frame.columns, self.records.names, strict=True)))
        return frame.insert_column(0, pl.Series("_row", self.cells.positions + self.first, dtype=pl.Int64))


@dataclass(frozen=True)
class Batch:
    files: tuple[BatchFile, ...]

    @property
    def rows(self) -> int:
        return sum(len(file.records) for file in self.files)

    @property
    def header_problems(self) -> tuple[str, ...]:
        return tuple(file.header_problem for file in self.files if file.header_problem)

    def cells(self) -> pl.DataFrame:
        """All readable rows; a column that only some files have is null in the others."""
        tables = [file.table() for file in self.files if file.records.names]
        if not tables:
            return pl.DataFrame(schema={"_row": pl.Int64()})
        return tables[0] if len(tables) == 1 else pl.concat(tables, how="diagonal")

    def unreadable(self) -> dict[int, str]:
        return {file.first + row: reason for file in self.files for row, reason in file.cells.unreadable.items()}

    def raw(self) -> pl.DataFrame:
        """`_row`, `_file`, `_raw`: every row's own bytes."""
        parts = [
            pl.DataFrame(
                {
                    "_row": pl.Series(np.arange(file.first, file.first + len(file.records)), dtype=pl.Int64),
                    "_file": pl.repeat(file.name, len(file.records), dtype=pl.String, eager=True),
                    "_raw": pl.Series(file.records.raw(), dtype=pl.Binary),
                }
            )
            for file in self.files
        ]
        empty = pl.DataFrame(schema={"_row": pl.Int64(), "_file": pl.String(), "_raw": pl.Binary()})
        return pl.concat([empty, *parts])

    def headers(self) -> dict[str, str]:
        """Bytes before the first row, as latin-1 text: every byte is one character."""
        return {file.name: file.records.header.decode("latin-1") for file in self.files}


def read_batch(folder: Path) -> Batch:
    """Every file of the folder, in order of name."""
    files: list[BatchFile] = []
    first = 0
    for path in sorted(item for item in folder.iterdir() if item.is_file()):
        records = split(path.read_bytes())
        files.append(BatchFile(path.name, records, read_cells(records), first))
        first += len(records)
    return Batch(tuple(files))
