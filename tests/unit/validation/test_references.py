from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from regrow.validation.references import ReferenceProblem, read_references


def put(folder: Path, name: str, file: str, data: bytes) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / file).write_bytes(data)


def test_references_are_read_with_the_types_that_their_values_have(tmp_path: Any) -> None:
    put(tmp_path, "weather", "weather.csv", b"origin,temp,hour\nEWR,39.02,5\nNA,NA,6\n")
    put(tmp_path, "planes", "planes.csv", b"id,built\n1,2013-02-08\n")
    found = read_references(tmp_path)
    assert sorted(found) == ["planes", "weather"]
    assert found["weather"].schema == {"origin": pl.String, "temp": pl.Float64, "hour": pl.Int64}
    assert found["weather"].rows() == [("EWR", 39.02, 5), ("NA", None, 6)]
    assert found["planes"].schema["built"] == pl.Date


def test_a_parquet_reference_keeps_its_types(tmp_path: Any) -> None:
    (tmp_path / "planes").mkdir()
    pl.DataFrame({"id": ["01"]}).write_parquet(tmp_path / "planes/planes.parquet")
    assert read_references(tmp_path)["planes"].rows() == [("01",)]


def test_no_references_are_none(tmp_path: Any) -> None:
    assert read_references(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    ("file", "data", "words"),
    [
        ("w.csv", b"", "has no header"),
        ("w.csv", b"a,a\n1,2\n", "has no header"),
        ("w.csv", b"a,b\n1,2\n1\n", "cannot be read at row 1: 1 cells where the header has 2"),
        ("w.parquet", b"PAR", "is no Parquet file"),
    ],
)
def test_a_reference_that_cannot_be_read_is_refused_in_words(tmp_path: Any, file: Any, data: Any, words: Any) -> None:
    put(tmp_path, "w", file, data)
    with pytest.raises(ReferenceProblem, match=words):
        read_references(tmp_path)
