from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from regrow.steps.contract import Inputs, StepContext, StepOutcome
from regrow.validation.gate import run
from regrow.validation.quarantine import reasons_summary, rebuild
from regrow.verdicts import Verdict

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "value", "day"],
    "properties": {
        "id": {"type": "integer", "minimum": 0},
        "value": {"type": ["number", "null"]},
        "day": {"type": "string", "format": "date"},
    },
}
HEADER = b"id,value,day\n"
ROWS = b"".join(b"%d,%d.5,2013-02-08\n" % (number, number) for number in range(20))


class Gate:
    """Writes a snapshot, runs the gate, and reads what came out."""

    def __init__(self, folder: Path) -> None:
        self.snapshot, self.out = folder / "in", folder / "out"
        (self.snapshot / "rows").mkdir(parents=True)
        self.out.mkdir()

    def run(self, files: dict[str, bytes], arrival: dict[str, Any] | None = None, **params: Any) -> StepOutcome:
        for name, data in files.items():
            (self.snapshot / "rows" / name).write_bytes(data)
        if arrival is not None:
            (self.snapshot / "arrival.json").write_text(json.dumps(arrival))
        asked = {"partition": "2013-02-08", "schema": SCHEMA, "key": ["id"], **params}
        inputs = Inputs({"snapshot": {"2013-02-08": self.snapshot}})
        return run(StepContext(params=asked, inputs=inputs, out=self.out, seed=0))

    def reference(self, name: str, data: bytes) -> None:
        (self.snapshot / "references" / name).mkdir(parents=True)
        (self.snapshot / "references" / name / f"{name}.csv").write_bytes(data)

    def lot(self) -> dict[int, list[str]]:
        return dict(pl.read_parquet(self.out / "lot.parquet").select("_row", "reasons").iter_rows())

    def accepted(self) -> pl.DataFrame:
        return pl.read_parquet(self.out / "accepted.parquet")

    def quality(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / "quality.json").read_text())
        return found


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


def test_a_good_batch_passes_with_typed_columns_and_nothing_held(gate: Any) -> None:
    outcome = gate.run({"a.csv": HEADER + ROWS})
    assert outcome.verdict is Verdict.PASS
    assert outcome.reason == "20 of 20 rows accepted; 2 limits met"
    kinds = {"id": pl.Int64, "value": pl.Float64, "day": pl.Date, "_row": pl.Int64}
    assert gate.accepted().schema == {name: kinds[name] for name in gate.accepted().columns}
    assert gate.accepted().width == 4
    assert gate.lot() == {}
    assert outcome.facts["rows_in"] == 20
    assert outcome.facts["measures"] == {"completeness": 1.0, "consistency": 1.0, "uniqueness": 1.0, "validity": 1.0}
    assert json.loads((gate.out / "profile.json").read_text())["id"]["max"] == 19


def test_bad_rows_are_held_with_all_their_reasons_and_the_rest_is_accepted(gate: Any) -> None:
    bad = b"x,NaN,2013-02-08\n3,9.5,2013-02-08\n\n7\n99,1,8 Feb\n"
    outcome = gate.run(
        {"a.csv": HEADER + ROWS + bad}, max_quarantined=0.5, rules=[{"name": "small", "expression": "value < 19"}]
    )
    assert outcome.verdict is Verdict.PASS
    assert gate.lot() == {
        19: ["rule small: value < 19 does not hold"],
        20: ["id: value 'x' is not an integer", "value: value 'NaN' is not a finite number"],
        21: ["duplicate of row 3"],
        22: ["unreadable: the line is empty"],
        23: ["unreadable: 1 cells where the header has 3"],
        24: ["day: value '8 Feb' is not a date (YYYY-MM-DD)"],
    }
    assert gate.accepted()["_row"].to_list() == list(range(19))
    assert outcome.facts["rows_accepted"] == 19
    assert outcome.facts["rows_quarantined"] == 6
    quality = gate.quality()
    assert quality["validity"] == {"value": 21 / 25, "numerator": 21, "denominator": 25}
    assert quality["consistency"]["numerator"] == 22
    assert quality["uniqueness"] == {"value": 22 / 23, "numerator": 22, "denominator": 23}
    assert reasons_summary(gate.out)["duplicate of an earlier row"] == 1
    assert reasons_summary(gate.out)["id: is not an integer"] == 1


def test_every_file_is_rebuilt_byte_for_byte(gate: Any, tmp_path: Any) -> None:
    files = {
        "a.csv": b"\xef\xbb\xbf" + HEADER + ROWS.replace(b"\n", b"\r\n"),
        "b.csv": b'day,"id",value\n2013-02-08,50,"1.5"\n,,\n\xff\n"x\ny",5,6',
        "empty.csv": b"",
        "header.csv": HEADER.rstrip(),
    }
    outcome = gate.run(files)
    assert outcome.facts["rows_in"] == 24
    written = rebuild(gate.out, tmp_path / "again")
    assert {path.name: path.read_bytes() for path in written} == files


def test_failed_limits_refuse_the_batch_in_words(gate: Any) -> None:
    hollow = b"".join(b"%d,%s,2013-02-08\n" % (number, b"" if number > 7 else b"1") for number in range(20))
    outcome = gate.run({"a.csv": HEADER + hollow}, checks=["completeness(value) > 0.8", "validity > 0.9"], min_rows=21)
    assert outcome.verdict is Verdict.FAIL
    assert outcome.reason == (
        "completeness(value) 0.400 is not > 0.8; accepted rows 20 is not >= 21; the batch is refused"
    )
    verdicts = {item["text"]: item["verdict"] for item in gate.quality()["checks"]}
    assert verdicts == {
        "completeness(value) > 0.8": "FAIL",
        "validity > 0.9": "PASS",
        "quarantined share <= 0.1": "PASS",
        "accepted rows >= 21": "FAIL",
    }


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"id,day\n", "a.csv: missing column 'value'"),
        (b"id,valeu,day\n", "a.csv: missing column 'value'; it has 'valeu': renamed?"),
        (b"id,value,day,more\n", "a.csv: column 'more' is not in the schema, which allows no others"),
        (b"id,id,day\n", "a.csv: the header names 'id' more than once"),
        (b"id,,day\n", "a.csv: a column of the header has no name"),
        (b"id,_row,day\n", "a.csv: the column name '_row' is reserved"),
    ],
)
def test_a_changed_header_refuses_the_whole_batch(gate: Any, tmp_path: Any, header: Any, words: Any) -> None:
    outcome = gate.run({"a.csv": header + ROWS})
    assert outcome.verdict is Verdict.FAIL
    assert outcome.reason.startswith(words)
    assert gate.accepted().height == 0
    assert {len(reasons) for reasons in gate.lot().values()} == {1}
    assert outcome.facts["rows_quarantined"] == 20
    assert rebuild(gate.out, tmp_path / "again")[0].read_bytes() == header + ROWS


def test_a_retyped_column_refuses_the_batch(gate: Any) -> None:
    outcome = gate.run({"a.csv": HEADER + ROWS.replace(b".5,", b" km,")})
    assert outcome.reason == (
        "column 'value' is retyped: 20 of 20 values are not a number, like '0 km'; the batch is refused"
    )


@pytest.mark.parametrize("files", [{}, {"a.csv": b""}, {"a.csv": HEADER}, {"a.csv": b"\n\n"}])
def test_a_batch_without_rows_is_no_data(gate: Any, files: Any) -> None:
    outcome = gate.run(files)
    assert outcome.verdict is Verdict.NO_DATA
    assert gate.accepted().height == 0


def test_a_check_that_has_nothing_to_measure_is_no_data(gate: Any) -> None:
    outcome = gate.run({"a.csv": HEADER + ROWS}, checks=["timeliness > 0.9"])
    assert outcome.verdict is Verdict.NO_DATA
    assert outcome.reason == "timeliness could not be measured against > 0.9; the batch is not taken"
    assert outcome.facts["measures"]["timeliness"] is None


@pytest.mark.parametrize(
    ("arrival", "value"),
    [
        ({"arrived_at": "2013-02-08T10:00:00+00:00"}, 1.0),
        ({"arrived_at": "2013-02-10T10:00:00+00:00"}, 0.0),
        ({"arrived_at": None}, 1.0),
        (None, 1.0),
    ],
)
def test_rows_are_timely_by_what_the_marker_said_or_by_the_days_end(gate: Any, arrival: Any, value: Any) -> None:
    timely = {"column": "day", "max_age_hours": 24}
    outcome = gate.run({"a.csv": HEADER + ROWS}, arrival, timeliness=timely, checks=["timeliness >= 0"])
    assert outcome.facts["measures"]["timeliness"] == value


def test_references_pass_through_and_accuracy_compares_with_them(gate: Any) -> None:
    gate.reference("truth", b"id,value\n" + b"".join(b"%d,%d.5\n" % (n, n if n else 7) for n in range(10)))
    task = {"reference": "truth", "match": ["id"], "agree": ["value"]}
    outcome = gate.run({"a.csv": HEADER + ROWS}, accuracy=task, checks=["accuracy > 0.95"])
    assert outcome.reason == "accuracy 0.900 is not > 0.95; the batch is refused"
    assert pl.read_parquet(gate.out / "references/truth.parquet").height == 10


def test_a_reference_that_is_missing_or_broken_refuses_the_batch(gate: Any, tmp_path: Any) -> None:
    task = {"reference": "truth", "match": ["id"], "agree": ["value"]}
    assert gate.run({"a.csv": HEADER + ROWS}, accuracy=task).reason.startswith("the reference 'truth' is missing")
    other = Gate(tmp_path / "b")
    other.reference("truth", b"id,valeu\n1,2\n")
    assert "has no column 'value'" in other.run({"a.csv": HEADER + ROWS}, accuracy=task).reason
    broken = Gate(tmp_path / "c")
    broken.reference("truth", b"id,value\n1\n")
    assert "cannot be read at row 0" in broken.run({"a.csv": HEADER + ROWS}).reason
    told = Gate(tmp_path / "d")
    outcome = told.run({"a.csv": HEADER + ROWS}, {"arrived_at": None, "missing": ["weather"]})
    assert outcome.reason == "the reference 'weather' is missing; the batch is refused"
    assert outcome.verdict is Verdict.FAIL


def test_a_rule_that_does_not_fit_its_columns_refuses_the_batch(gate: Any) -> None:
    outcome = gate.run({"a.csv": HEADER + ROWS}, rules=[{"name": "odd", "expression": "id == 'x'"}])
    assert outcome.verdict is Verdict.FAIL
    assert "does not fit its columns" in outcome.reason


def test_a_key_that_is_not_a_column_refuses_the_batch(gate: Any) -> None:
    assert gate.run({"a.csv": HEADER + ROWS}, key=["idd"]).reason == "missing key column 'idd'; the batch is refused"


def test_without_a_schema_types_are_found_and_files_must_have_the_same_columns(gate: Any, tmp_path: Any) -> None:
    assert gate.run({"a.csv": HEADER + ROWS}, schema=None).verdict is Verdict.PASS
    assert gate.accepted().schema["value"] == pl.Float64
    other = Gate(tmp_path / "b").run({"a.csv": HEADER + ROWS, "b.csv": b"id,day\n77,x\n"}, schema=None)
    assert other.reason == "b.csv: its columns differ from those of a.csv; the batch is refused"


def test_words_for_null_are_empty_cells(gate: Any) -> None:
    rows = ROWS + b"77,NA,2013-02-08\n"
    outcome = gate.run({"a.csv": HEADER + rows}, schema={**SCHEMA, "x-regrow-null": ["NA"]})
    assert outcome.facts["rows_accepted"] == 21
    assert gate.accepted()["value"].null_count() == 1


def test_new_columns_of_an_open_schema_are_kept_as_text_with_a_warning(gate: Any) -> None:
    data = b"id,value,day,gate\n" + ROWS.replace(b"\n", b",7\n")
    outcome = gate.run({"a.csv": data}, schema={**SCHEMA, "additionalProperties": True})
    assert outcome.verdict is Verdict.PASS
    assert outcome.facts["warnings"] == ["column 'gate' is new: the schema does not name it"]
    assert gate.accepted()["gate"].to_list() == ["7"] * 20


def test_the_same_snapshot_gives_the_same_bytes(tmp_path: Any) -> None:
    files = {"a.csv": HEADER + ROWS + b"x,,\n3,1,2013-02-08\n", "b.csv": HEADER + b"30,1,2013-02-08\n"}
    outputs = []
    for name in ("one", "two"):
        gate = Gate(tmp_path / name)
        gate.reference("truth", b"id\n1\n")
        gate.run(files)
        found = sorted(path for path in gate.out.rglob("*") if path.is_file())
        outputs.append({str(path.relative_to(gate.out)): path.read_bytes() for path in found})
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) == 7
