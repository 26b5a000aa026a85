from __future__ import annotations

from typing import Any

import polars as pl

from regrow.validation.parquet import ROW_GROUP, write_parquet


def test_equal_frames_are_equal_files_however_they_were_put_together(tmp_path: Any) -> None:
    whole = pl.DataFrame({"a": range(ROW_GROUP + 10), "b": ["x", None] * (ROW_GROUP // 2 + 5)})
    pieces = pl.concat([whole[:7], whole[7:1000], whole[1000:]], rechunk=False)
    write_parquet(whole, tmp_path / "a.parquet")
    write_parquet(pieces, tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert pl.read_parquet(tmp_path / "a.parquet").equals(whole)
