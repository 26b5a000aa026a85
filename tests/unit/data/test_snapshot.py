from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from regrow.data.open import open_address
from regrow.data.snapshot import arrival_time, run
from regrow.errors import NotFound, Transient
from regrow.steps.contract import Inputs, StepContext, StepOutcome

REFERENCES = [
    {"name": "weather", "file": "weather.csv", "scope": "partition"},
    {"name": "planes", "file": "planes.csv", "scope": "source"},
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    day = tmp_path / "source/2013-02-08"
    day.mkdir(parents=True)
    (day / "flights.csv").write_bytes(b"a,b\r\n1,2")
    (day / "weather.csv").write_bytes(b"t\n1\n")
    (day / "_SUCCESS").write_text("2013-02-09T06:00:00+00:00\n")
    (tmp_path / "source/planes.csv").write_bytes(b"p\n1\n")
    return tmp_path / "source"


def params(source: Path, **more: object) -> dict[str, object]:
    found = open_address(str(source), daily=True, file="*.csv", references=REFERENCES, marker="_SUCCESS")
    listing = [list(entry) for entry in found.listing("2013-02-08").files]
    base = {"source": str(source), "partition": "2013-02-08", "file": "*.csv", "references": REFERENCES}
    return {**base, "marker": "_SUCCESS", "listing": listing, **more}


def take(out: Path, params: Mapping[str, object]) -> StepOutcome:
    out.mkdir()
    return run(StepContext(params=params, inputs=Inputs({}), out=out, seed=0))


def test_a_snapshot_holds_the_very_bytes_and_when_they_arrived(source: Any, tmp_path: Any) -> None:
    outcome = take(tmp_path / "out", params(source))
    found = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert found == {
        "rows/flights.csv",
        "references/weather/weather.csv",
        "references/planes/planes.csv",
        "arrival.json",
    }
    assert (tmp_path / "out/rows/flights.csv").read_bytes() == b"a,b\r\n1,2"
    assert json.loads((tmp_path / "out/arrival.json").read_text()) == {
        "arrived_at": "2013-02-09T06:00:00+00:00",
        "missing": [],
    }
    assert outcome.facts == {"partition": "2013-02-08", "files": 3, "bytes": 16}
    assert outcome.verdict is None


def test_a_source_that_changed_since_the_arrival_check_is_transient(source: Any, tmp_path: Any) -> None:
    asked = params(source)
    (source / "2013-02-08/flights.csv").write_bytes(b"a,b\r\n1,2\r\n3,4")
    with pytest.raises(Transient, match=r"2013-02-08 still changes: flights.csv"):
        take(tmp_path / "out", asked)


def test_a_source_that_gained_a_file_since_the_arrival_check_is_transient(source: Any, tmp_path: Any) -> None:
    asked = params(source)
    (source / "2013-02-08/more.csv").write_bytes(b"a,b\n")
    with pytest.raises(Transient, match=r"more\.csv"):
        take(tmp_path / "out", asked)


def test_a_missing_reference_is_told_to_the_gate(source: Any, tmp_path: Any) -> None:
    (source / "2013-02-08/weather.csv").unlink()
    outcome = take(tmp_path / "out", params(source))
    assert outcome.facts["files"] == 2
    assert json.loads((tmp_path / "out/arrival.json").read_text())["missing"] == ["weather"]


def test_a_partition_that_is_not_there_is_not_found(source: Any, tmp_path: Any) -> None:
    with pytest.raises(NotFound):
        take(tmp_path / "out", params(source, partition="2013-02-09"))


def test_a_source_without_partitions_is_taken_whole(tmp_path: Any) -> None:
    (tmp_path / "iris").mkdir()
    (tmp_path / "iris/iris.csv").write_bytes(b"a\n1\n")
    asked = {
        "source": str(tmp_path / "iris"),
        "partition": "all",
        "file": "*.csv",
        "references": [],
        "marker": "_SUCCESS",
    }
    assert take(tmp_path / "out", asked).facts == {"partition": "all", "files": 1, "bytes": 4}
    assert json.loads((tmp_path / "out/arrival.json").read_text()) == {"arrived_at": None, "missing": []}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"2013-02-09T06:00:00Z", "2013-02-09T06:00:00+00:00"),
        (b" 2013-02-09 07:00:00+01:00\n", "2013-02-09T06:00:00+00:00"),
        (b"2013-02-09", "2013-02-09T00:00:00+00:00"),
        (b"", None),
        (b"done", None),
        (b"\xff\xfe", None),
    ],
)
def test_the_markers_text_is_a_time_or_nothing(text: Any, expected: Any) -> None:
    found = arrival_time(text)
    assert (found.isoformat() if found else None) == expected
