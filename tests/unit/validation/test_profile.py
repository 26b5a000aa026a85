from __future__ import annotations

from datetime import date

import polars as pl

from regrow.validation.profile import profile


def test_a_profile_counts_each_column() -> None:
    frame = pl.DataFrame(
        {"_row": [0, 1, 2], "n": [1.0, None, 2.0], "s": ["b", "a", "b"], "d": [date(2013, 2, 8), None, None]}
    )
    assert profile(frame) == {
        "n": {"type": "Float64", "count": 2, "null": 1, "distinct": 2, "min": 1.0, "max": 2.0, "mean": 1.5},
        "s": {"type": "String", "count": 3, "null": 0, "distinct": 2, "min": "a", "max": "b", "mean": None},
        "d": {
            "type": "Date",
            "count": 1,
            "null": 2,
            "distinct": 1,
            "min": "2013-02-08",
            "max": "2013-02-08",
            "mean": None,
        },
    }


def test_a_profile_of_nothing_has_no_figures() -> None:
    frame = pl.DataFrame({"_row": [0], "n": [1.0]}).clear()
    assert profile(frame)["n"] == {
        "type": "Float64",
        "count": 0,
        "null": 0,
        "distinct": 0,
        "min": None,
        "max": None,
        "mean": None,
    }
    assert profile(pl.DataFrame({"_row": [0]})) == {}
