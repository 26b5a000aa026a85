from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from regrow.validation.values import READERS, SAMPLE, infer, not_finite


def value(kind: str, text: str | None) -> object:
    frame = pl.DataFrame({"a": [text]}, schema={"a": pl.String})
    found = frame.select(READERS[kind].read(pl.col("a"))).to_series()
    assert found.dtype == READERS[kind].dtype
    return found[0]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("integer", "517", 517),
        ("integer", "-5", -5),
        ("integer", "517.0", 517),
        ("integer", "1e3", 1000),
        ("integer", "9007199254740993", 9007199254740993),
        ("number", "1.5", 1.5),
        ("number", "-2e-3", -0.002),
        ("number", "7", 7.0),
        ("boolean", "true", True),
        ("boolean", "False", False),
        ("string", " x ", " x "),
        ("date", "2013-02-08", date(2013, 2, 8)),
        ("date-time", "2013-02-08T10:00:00Z", datetime(2013, 2, 8, 10, tzinfo=UTC)),
        ("date-time", "2013-02-08t10:00:00.250+02:00", datetime(2013, 2, 8, 8, 0, 0, 250000, tzinfo=UTC)),
    ],
)
def test_text_becomes_a_value(kind: Any, text: Any, expected: Any) -> None:
    assert value(kind, text) == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(
            ("integer", text)
            for text in ("1.5", "x", " 1", "1 ", "NaN", "inf", "1e400", "0x10", "1_000", "99999999999999999999")
        ),
        *(("number", text) for text in ("x", " 1.0", "NaN", "nan", "-Infinity", "1e400", "1,5", "")),
        *(("boolean", text) for text in ("1", "yes", "tRUE")),
        *(("date", text) for text in ("2013-2-8", "2013-02-30", "20130208", " 2013-02-08", "2013-02-08T00:00:00Z")),
        *(
            ("date-time", text)
            for text in ("2013-02-08", "2013-02-08T10:00:00", "2013-02-30T10:00:00Z", "2013-02-08T25:00:00Z")
        ),
    ],
)
def test_what_is_no_value_becomes_null(kind: Any, text: Any) -> None:
    assert value(kind, text) is None


@pytest.mark.parametrize("kind", sorted(READERS))
def test_an_empty_cell_is_null(kind: Any) -> None:
    assert value(kind, None) is None


def test_numbers_that_are_not_finite_are_told_from_text() -> None:
    assert not_finite(pl.Series(["1", "NaN", "-inf", "1e999", "x", None])).to_list() == [
        False,
        True,
        True,
        True,
        False,
        False,
    ]


def test_types_are_found_where_every_cell_has_one() -> None:
    frame = pl.DataFrame(
        {
            "i": ["1", None],
            "n": ["1", "2.5"],
            "b": ["true", "False"],
            "d": ["2013-02-08", None],
            "t": ["2013-02-08T10:00:00Z", "2013-02-08T10:00:00+01:00"],
            "s": ["1", "x"],
            "nan": ["1.5", "NaN"],
            "none": [None, None],
        },
        schema_overrides={"none": pl.String},
    )
    assert infer(frame).schema == {
        "i": pl.Int64,
        "n": pl.Float64,
        "b": pl.Boolean,
        "d": pl.Date,
        "t": pl.Datetime("us", "UTC"),
        "s": pl.String,
        "nan": pl.String,
        "none": pl.String,
    }


def test_a_misfit_far_below_counts_too() -> None:
    frame = pl.DataFrame({"a": ["1"] * SAMPLE + ["x"], "b": ["1"] * SAMPLE + ["2"]})
    assert infer(frame).schema == {"a": pl.String, "b": pl.Int64}


def test_a_word_for_null_is_empty_among_numbers_only() -> None:
    found = infer(pl.DataFrame({"n": ["1", "NA"], "s": ["x", "NA"]}), null_word="NA")
    assert found.to_dict(as_series=False) == {"n": [1, None], "s": ["x", "NA"]}
