from __future__ import annotations

from typing import Any

import orjson
import polars as pl

from regrow.validation.quarantine import HEADERS, LOT, RAW, reasons_summary, rebuild


def test_rows_go_back_to_their_files_in_their_order(tmp_path: Any) -> None:
    kept = {"_row": [0, 2, 3], "_file": ["a", "b", "b"], "_raw": [b"1\n", b"3\r\n", b"4"]}
    held = {"_row": [1], "_file": ["a"], "_raw": [b"\xff"], "reasons": [["unreadable: it is not valid UTF-8"]]}
    pl.DataFrame(kept).write_parquet(tmp_path / RAW)
    pl.DataFrame(held).write_parquet(tmp_path / LOT)
    (tmp_path / HEADERS).write_bytes(orjson.dumps({"b": "h\xff\n", "a": "h\n", "c": ""}))
    written = rebuild(tmp_path, tmp_path / "again")
    assert [path.name for path in written] == ["a", "b", "c"]
    assert [path.read_bytes() for path in written] == [b"h\n1\n\xff", b"h\xff\n3\r\n4", b""]


def test_like_reasons_add_up_whatever_the_value(tmp_path: Any) -> None:
    reasons = [
        ["a: value '1' is not >= 2", "b: value 'it's\n' is not a number"],
        ["a: value '0' is not >= 2"],
        ["duplicate of row 17"],
        ["duplicate of row 3"],
        ["unreadable: 3 cells where the header has 2"],
        ["c: value 'x' does not match ^a$"],
    ]
    pl.DataFrame({"_row": range(6), "reasons": reasons}).write_parquet(tmp_path / LOT)
    assert reasons_summary(tmp_path) == {
        "a: is not >= 2": 2,
        "duplicate of an earlier row": 2,
        "b: is not a number": 1,
        "c: does not match ^a$": 1,
        "unreadable: another number of cells than the header": 1,
    }
