"""Rows conserve: whatever arrives, every row is accepted or held, and the two rebuild the very files that came in.

CI size by default; REGROW_SOAK=1 runs the full size. Each test prints its figures.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regrow.steps.contract import Inputs, StepContext, StepOutcome
from regrow.validation.gate import run
from regrow.validation.quarantine import rebuild
from regrow.verdicts import Verdict

pytestmark = pytest.mark.fault

SOAK = os.environ.get("REGROW_SOAK") == "1"
ROWS = 300_000 if SOAK else 6_000
EXAMPLES = 1_000 if SOAK else 40
HEADER = b"id,day,origin,delay,label\n"
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "day", "origin", "delay", "label"],
    "properties": {
        "id": {"type": "integer", "minimum": 0},
        "day": {"type": "string", "format": "date"},
        "origin": {"enum": ["EWR", "JFK", "LGA"]},
        "delay": {"type": ["number", "null"], "minimum": -1000, "maximum": 10000},
        "label": {"type": ["number", "null"]},
    },
}
POISON = [
    b"",
    b"\0\0\0",
    b"\xff\xfe,\xff",
    b"no cells at all",
    b",,,,",
    b"1,2,3,4,5,6,7",
    b'"never closed,2013-01-01,EWR,1,0',
    b'7,"2013-01-01"x,EWR,1,0',
    b"1e999,2013-01-01,EWR,1,0",
    b"NaN,2013-01-01,EWR,NaN,0",
    b"5,2013-13-45,EWR,1,0",
    b"5,2013-01-01,ORD,1,0",
    b"-5,2013-01-01,EWR,1,0",
    b"5,2013-01-01,EWR,one hour,0",
    b"6,2013-01-01,EWR,1,inf\r",
]


def good(number: int, line_end: bytes = b"\n") -> bytes:
    origin = (b"EWR", b"JFK", b"LGA")[number % 3]
    return b"%d,2013-01-%02d,%s,%d.5,%d" % (number, number % 28 + 1, origin, number % 90, number % 4 == 0) + line_end


class Outcome:
    """A gate's answer on one batch, with what must be true of every batch checked."""

    def __init__(self, files: dict[str, bytes], **params: Any) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="regrow-rows-"))
        try:
            self.step = self._run(files, params)
            self.accepted = pl.read_parquet(self.folder / "out/accepted.parquet")
            self.lot = pl.read_parquet(self.folder / "out/lot.parquet")
            self._conserves(files)
        finally:
            shutil.rmtree(self.folder)

    def _run(self, files: dict[str, bytes], params: dict[str, Any]) -> StepOutcome:
        rows = self.folder / "in/rows"
        rows.mkdir(parents=True)
        for name, data in files.items():
            (rows / name).write_bytes(data)
        asked = {"partition": "2013-01-31", "schema": SCHEMA, "key": ["id"], "max_quarantined": 0.01, **params}
        inputs = Inputs({"snapshot": {"2013-01-31": self.folder / "in"}})
        return run(StepContext(params=asked, inputs=inputs, out=self.folder / "out", seed=0))

    def _conserves(self, files: dict[str, bytes]) -> None:
        facts = self.step.facts
        assert facts["rows_in"] == facts["rows_accepted"] + facts["rows_quarantined"]
        assert facts["rows_accepted"] == self.accepted.height
        assert facts["rows_quarantined"] == self.lot.height
        places = sorted([*self.accepted["_row"].to_list(), *self.lot["_row"].to_list()])
        assert places == list(range(facts["rows_in"]))
        assert self.lot["reasons"].list.len().min() in (None, *range(1, 100))
        again = {path.name: _sha256(path.read_bytes()) for path in rebuild(self.folder / "out", self.folder / "again")}
        assert again == {name: _sha256(data) for name, data in files.items()}

    def told(self, name: str) -> None:
        facts = self.step.facts
        counts = f"{facts['rows_in']:,} in = {facts['rows_accepted']:,} accepted + {facts['rows_quarantined']:,} held"
        print(f"rows conserve, {name}: {counts}; {self.step.verdict}; rebuilt to the same SHA-256")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_thousandth_of_poison_is_held_and_nothing_else_is() -> None:
    draw = random.Random(13)
    lines = [good(number, draw.choice([b"\n", b"\r\n"])) for number in range(ROWS)]
    poisoned = sorted(draw.sample(range(ROWS), ROWS // 1000))
    for place in poisoned:
        lines[place] = draw.choice(POISON) + b"\n"
    found = Outcome({"rows.csv": HEADER + b"".join(lines)})
    found.told("0.1 % poison")
    assert found.lot["_row"].to_list() == poisoned
    assert found.step.verdict is Verdict.PASS


@pytest.mark.parametrize("poison", POISON, ids=range(len(POISON)))
def test_each_poison_harms_its_own_row_only(poison: Any) -> None:
    lines = [good(number) for number in range(300)]
    lines.insert(150, poison + b"\n")
    found = Outcome({"rows.csv": HEADER + b"".join(lines)})
    assert found.lot["_row"].to_list() == [150]


@pytest.mark.parametrize("value", [b"NaN", b"nan", b"Infinity", b"-inf", b"1e400"])
def test_labels_that_are_not_finite_are_held(value: Any) -> None:
    lines = [good(number) for number in range(1000)]
    lines[7] = b"7,2013-01-01,EWR,1," + value + b"\n"
    found = Outcome({"rows.csv": HEADER + b"".join(lines)})
    assert found.lot["reasons"].to_list() == [[f"label: value '{value.decode()}' is not a finite number"]]
    assert found.accepted["label"].is_finite().all()


def test_duplicates_are_held_and_the_first_stays() -> None:
    lines = [good(number) for number in range(ROWS)]
    again = ROWS // 200
    found = Outcome({"rows.csv": HEADER + b"".join(lines + lines[:again])})
    found.told("duplicates")
    assert found.lot["_row"].to_list() == list(range(ROWS, ROWS + again))
    assert found.accepted["id"].n_unique() == ROWS


BREAKS: dict[str, Callable[[bytes], bytes]] = {
    "type change": lambda data: data.replace(b".5,", b" min,"),
    "missing column": lambda data: b"\n".join(line.rpartition(b",")[0] for line in data.split(b"\n")),
    "renamed column": lambda data: data.replace(b"origin", b"orgin", 1),
    "added column": lambda data: b"\n".join(line + b",x" if line else b"" for line in data.split(b"\n")),
    "another separator": lambda data: data.replace(b",", b";"),
    "another encoding": lambda data: data.decode().encode("utf-16"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_changed_shape_holds_every_row_and_stops_before_training(name: Any) -> None:
    data = BREAKS[name](HEADER + b"".join(good(number) for number in range(1000)))
    found = Outcome({"rows.csv": data})
    found.told(name)
    assert found.step.verdict is Verdict.FAIL
    assert found.accepted.height == 0


@pytest.mark.parametrize("data", [b"", HEADER, HEADER.rstrip(), b"\n\n\n"], ids=["0 bytes", "header", "cut", "blank"])
def test_an_empty_file_is_no_data(data: Any) -> None:
    assert Outcome({"rows.csv": data}).step.verdict is Verdict.NO_DATA


@pytest.mark.parametrize("cut", [1, 5, 17])
def test_a_file_cut_in_the_middle_of_a_row_loses_no_byte(cut: Any) -> None:
    found = Outcome(
        {"rows.csv": (HEADER + b"".join(good(number) for number in range(100)))[:-cut]}, max_quarantined=1.0
    )
    assert found.step.facts["rows_in"] == 100


def test_rows_of_one_class_pass_the_gate_whole() -> None:
    lines = [b"%d,2013-01-01,EWR,1,0\n" % number for number in range(1000)]
    found = Outcome({"rows.csv": HEADER + b"".join(lines)})
    found.told("one class")
    assert found.accepted.height == 1000
    assert found.accepted["label"].n_unique() == 1


def test_late_rows_are_measured_and_kept() -> None:
    lines = [b"%d,2013-01-%02d,EWR,1,0\n" % (number, 1 + 29 * (number % 2)) for number in range(1000)]
    timely = {"column": "day", "max_age_hours": 48}
    found = Outcome({"rows.csv": HEADER + b"".join(lines)}, timeliness=timely, checks=["timeliness > 0.9"])
    assert found.step.reason == "timeliness 0.500 is not > 0.9; the batch is refused"


PIECES = st.one_of(
    st.integers(0, 300).map(good),
    st.integers(0, 300).map(lambda number: good(number, b"\r\n")),
    st.sampled_from(POISON).map(lambda poison: poison + b"\n"),
    st.sampled_from(
        [b'8,2013-01-01,"EWR",1,0\n', b'"9","2013-01-01","E\nWR",1,0\n', b'"', b"\n", b"\r", b",", b"\xef\xbb\xbf"]
    ),
    st.binary(max_size=12),
)
BATCHES = st.dictionaries(
    st.sampled_from(["a.csv", "b.csv", "c.csv"]),
    st.tuples(st.sampled_from([HEADER, HEADER, HEADER, b"", b"\xef\xbb\xbf" + HEADER]), st.lists(PIECES, max_size=25)),
    min_size=1,
)


@settings(max_examples=EXAMPLES, deadline=None, derandomize=not SOAK)
@given(BATCHES, st.booleans())
def test_any_bytes_at_all_conserve(batch: Any, with_schema: Any) -> None:
    files = {name: header + b"".join(pieces) for name, (header, pieces) in batch.items()}
    Outcome(files, schema=SCHEMA if with_schema else None, key=["id"] if with_schema else [])
