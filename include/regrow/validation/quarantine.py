"""Rows held back, with all their reasons, and the way back to the very files that came in."""

from __future__ import annotations

from pathlib import Path

import orjson
import polars as pl

from regrow.validation.batch import Batch
from regrow.validation.parquet import write_parquet

RAW, LOT, HEADERS = "raw.parquet", "lot.parquet", "headers.json"


def write_lot(batch: Batch, table: pl.DataFrame, out: Path) -> int:
    """Split the batch's bytes into accepted rows and the lot, by `table`: `_row`, `reasons`. Returns the lot's rows."""
    raw = batch.raw()
    lot = raw.join(table, on="_row", maintain_order="left")
    kept = raw.join(table, on="_row", how="anti", maintain_order="left") if lot.height else raw
    write_parquet(kept, out / RAW)
    write_parquet(lot, out / LOT)
    (out / HEADERS).write_bytes(orjson.dumps(batch.headers(), option=orjson.OPT_SORT_KEYS))
    return lot.height


def rebuild(folder: Path, into: Path) -> tuple[Path, ...]:
    """Write every input file of a gate's output `folder` again, byte for byte, below `into`; sorted by name."""
    rows = pl.concat([pl.read_parquet(folder / name, columns=["_row", "_file", "_raw"]) for name in (RAW, LOT)])
    rows = rows.sort("_row")
    into.mkdir(parents=True, exist_ok=True)
    written = []
    for name, header in sorted(orjson.loads((folder / HEADERS).read_bytes()).items()):
        body = rows["_raw"].filter(rows["_file"] == name).to_list()
        path = into / name
        path.write_bytes(header.encode("latin-1") + b"".join(body))
        written.append(path)
    return tuple(written)


def reasons_summary(folder: Path) -> dict[str, int]:
    """How many rows each reason refuses, the most frequent first; values are left out so that like reasons add up.

    A row with several reasons counts for each.
    """
    lot = pl.read_parquet(folder / LOT, columns=["reasons"])
    plain = (
        pl.col("reasons")
        .str.replace(r"(?s): value '.*' (is |does )", ": ${1}")
        .str.replace(r"^duplicate of row \d+$", "duplicate of an earlier row")
        .str.replace(
            r"^unreadable: \d+ cells where the header has \d+$", "unreadable: another number of cells than the header"
        )
    )
    counts = (
        lot.explode("reasons")
        .select(plain)
        .group_by("reasons")
        .len()
        .sort(["len", "reasons"], descending=[True, False])
    )
    return dict(counts.iter_rows())
