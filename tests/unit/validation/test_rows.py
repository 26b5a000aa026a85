"""Row verdicts, among them those of an independent judge: the jsonschema library on the same rows."""

from __future__ import annotations

import math
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regrow.validation.reasons import Reasons
from regrow.validation.rows import type_rows
from regrow.validation.schema import SchemaProblem, read_schema

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "amount", "colour", "day"],
    "properties": {
        "id": {"type": "integer", "minimum": 1, "exclusiveMaximum": 100},
        "amount": {"type": ["number", "null"], "exclusiveMinimum": -10.5, "maximum": 10},
        "colour": {"enum": ["red", "green", "blue"]},
        "size": {"enum": [1, 2, None]},
        "flag": {"type": "boolean"},
        "code": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"},
        "day": {"type": ["string", "null"], "format": "date"},
    },
}


def cells(rows: list[dict[str, str | None]], names: list[str] | None = None) -> pl.DataFrame:
    columns = names or list(SCHEMA["properties"])
    frame = pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in columns}, schema=dict.fromkeys(columns, pl.String)
    )
    return frame.insert_column(0, pl.Series("_row", range(len(rows)), dtype=pl.Int64))


def judge(rows: list[dict[str, str | None]]) -> dict[int, list[str]]:
    reasons = Reasons()
    type_rows(cells(rows), read_schema(SCHEMA), reasons)
    return dict(reasons.table().iter_rows())


GOOD: dict[str, str | None] = {
    "id": "7",
    "amount": "1.5",
    "colour": "red",
    "size": "1",
    "flag": "true",
    "code": "abc",
    "day": "2013-02-08",
}


def test_a_good_row_has_no_reason() -> None:
    assert judge([GOOD]) == {}


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"id": "x"}, ["id: value 'x' is not an integer"]),
        ({"id": "1.5"}, ["id: value '1.5' is not an integer"]),
        ({"id": None}, ["id: is empty"]),
        ({"id": "0"}, ["id: value '0' is not >= 1"]),
        ({"id": "100"}, ["id: value '100' is not < 100"]),
        ({"amount": "NaN"}, ["amount: value 'NaN' is not a finite number"]),
        ({"amount": "-inf"}, ["amount: value '-inf' is not a finite number"]),
        ({"id": "Infinity"}, ["id: value 'Infinity' is not a finite number"]),
        ({"amount": "1e400"}, ["amount: value '1e400' is not a finite number"]),
        ({"amount": "-10.5"}, ["amount: value '-10.5' is not > -10.5"]),
        ({"amount": "10.01"}, ["amount: value '10.01' is not <= 10"]),
        ({"amount": None}, []),
        ({"colour": "pink"}, ["colour: value 'pink' is not one of 'red', 'green', 'blue'"]),
        ({"size": "3"}, ["size: value '3' is not one of 1, 2"]),
        ({"size": None}, []),
        ({"flag": "maybe"}, ["flag: value 'maybe' is not true or false"]),
        ({"flag": None}, []),
        ({"code": "a"}, ["code: value 'a' is shorter than 2 characters"]),
        ({"code": "abcde"}, ["code: value 'abcde' is longer than 4 characters"]),
        ({"code": "A"}, ["code: value 'A' is shorter than 2 characters", "code: value 'A' does not match ^[a-z]+$"]),
        ({"day": "8 Feb"}, ["day: value '8 Feb' is not a date (YYYY-MM-DD)"]),
        (
            {"id": "x", "colour": "pink", "day": "?"},
            [
                "id: value 'x' is not an integer",
                "colour: value 'pink' is not one of 'red', 'green', 'blue'",
                "day: value '?' is not a date (YYYY-MM-DD)",
            ],
        ),
    ],
)
def test_every_broken_rule_of_a_row_is_a_reason(change: Any, reasons: Any) -> None:
    found = judge([GOOD, {**GOOD, **change}, GOOD])
    assert found == ({1: reasons} if reasons else {})


def test_a_long_value_is_cut_in_its_reason() -> None:
    (reason,) = judge([{**GOOD, "id": "x" * 500}])[0]
    assert len(reason) < 120


def test_columns_are_typed_and_absent_ones_are_null() -> None:
    frame = cells([GOOD], ["id", "amount", "colour", "day", "extra"])
    typed = type_rows(frame.with_columns(extra=pl.lit("e")), read_schema(SCHEMA), Reasons()).frame
    assert typed.columns == ["_row", "id", "amount", "colour", "size", "flag", "code", "day", "extra"]
    assert typed.schema["size"] == pl.Int64
    assert typed["size"].to_list() == [None]
    assert typed["extra"].to_list() == ["e"]
    assert typed.schema["day"] == pl.Date


def test_a_column_of_another_type_is_a_break_and_a_few_bad_cells_are_not() -> None:
    rows = [{**GOOD, "id": "05:17"} for _ in range(8)] + [GOOD] * 6
    found = type_rows(cells(rows), read_schema(SCHEMA), Reasons())
    assert found.breaks == ("column 'id' is retyped: 8 of 14 values are not an integer, like '05:17'",)
    assert type_rows(cells(rows[4:]), read_schema(SCHEMA), Reasons()).breaks == ()


def test_without_a_schema_types_are_found_and_nothing_is_refused() -> None:
    reasons = Reasons()
    typed = type_rows(cells([GOOD]), None, reasons).frame
    assert typed.schema["id"] == pl.Int64
    assert reasons.rows().to_list() == []


def test_a_pattern_that_looks_around_is_refused_in_words() -> None:
    schema = read_schema({"type": "object", "properties": {"id": {"type": "string", "pattern": "(?<!x)y"}}})
    with pytest.raises(SchemaProblem, match="needs look-around or back-references"):
        type_rows(cells([GOOD]), schema, Reasons())


def as_json(row: dict[str, str | None]) -> dict[str, Any]:
    """The row as JSON says it, by Python's own conversions; an empty optional cell is an absent one."""
    kinds = {"id": float, "amount": float, "size": float, "flag": bool}
    found: dict[str, Any] = {}
    for name, text in row.items():
        if text is None:
            if name in SCHEMA["required"]:
                found[name] = None
        elif kinds.get(name) is float:
            try:
                number = float(text)
                found[name] = number if math.isfinite(number) and text == text.strip() and "_" not in text else text
            except ValueError:
                found[name] = text
        elif kinds.get(name) is bool:
            found[name] = {"true": True, "false": False}.get(text.lower(), text)
        else:
            found[name] = text
    return found


JUDGE = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker(["date"]))
WILD = st.sampled_from(
    ["", "x", "1", "0", "-1", "1.0", "1.5", "99", "100", "NaN", "inf", "1e2", "1e-1", " 1", "1_0", "é", "NA"]
)
CELLS = {
    "id": st.integers(-2, 102).map(str),
    "amount": st.floats(-12, 12, allow_nan=False).map(str),
    "colour": st.sampled_from(["red", "green", "blue", "pink", "RED"]),
    "size": st.sampled_from(["1", "2", "3", "2.0"]),
    "flag": st.sampled_from(["true", "false", "True", "FALSE", "no"]),
    "code": st.text(alphabet="abcZ1", max_size=6),
    "day": st.dates().map(str) | st.sampled_from(["2013-02-30", "13-1-1", "2013-02-08 "]),
}
ROW = st.fixed_dictionaries(
    {name: (good | WILD | st.none()).map(lambda text: text or None) for name, good in CELLS.items()}
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=12))
def test_row_verdicts_are_those_of_the_jsonschema_library(rows: Any) -> None:
    refused = {number for number, row in enumerate(rows) if not JUDGE.is_valid(as_json(row))}
    assert set(judge(rows)) == refused
