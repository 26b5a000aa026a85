from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from regrow.validation.expressions import RuleProblem
from regrow.validation.rules import holds

FRAME = pl.DataFrame(
    {
        "a": [1, 2, None, 4],
        "b": [2.0, 2.0, 2.0, 0.0],
        "s": ["x", "y", None, "x"],
        "f": [True, False, None, True],
        "d": [date(2013, 2, day) for day in (1, 2, 3, 4)],
        "t": [datetime(2013, 2, day, tzinfo=UTC) for day in (1, 2, 3, 4)],
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b", [True, False, True, False]),
        ("a != b", [True, False, True, True]),
        ("1 < a <= 2", [False, True, True, False]),
        ("a is None", [False, False, True, False]),
        ("a is not None", [True, True, False, True]),
        ("not a == 1", [False, True, True, True]),
        ("a == 1 or b == 0", [True, False, True, True]),
        ("a == 1 and b == 2", [True, False, True, False]),
        ("a / b >= 1", [False, True, True, True]),
        ("a // 2 == 1", [False, True, True, False]),
        ("a % 2 == 0", [False, True, True, True]),
        ("a * 2 - 1 == +3", [False, True, True, False]),
        ("-a == 0 - a", [True, True, True, True]),
        ("abs(a - 4) <= 2", [False, True, True, True]),
        ("min(a, b) == 1", [True, False, True, False]),
        ("max(a, b, 3) > 3", [False, False, True, True]),
        ("s == 'x'", [True, False, True, True]),
        ("f", [True, False, True, True]),
        ("not f", [False, True, True, False]),
        ("True", [True, True, True, True]),
        ("False", [False, False, False, False]),
        ("d >= '2013-02-03'", [False, False, True, True]),
        ("'2013-02-02' <= t < '2013-02-04T00:00:00+00:00'", [False, True, True, False]),
    ],
)
def test_a_rule_holds_for_rows_and_where_something_is_unknown(text: Any, expected: Any) -> None:
    assert holds(FRAME, text).to_list() == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a > 's'", "does not fit its columns"),
        ("s * 2 > 1", "does not fit its columns"),
        ("a", "not true or false"),
        ("d > 'tomorrow'", "'tomorrow' is neither a date nor a time"),
        ("nowhere > 1", "there is no column 'nowhere'"),
    ],
)
def test_a_rule_that_does_not_fit_the_columns_is_refused_in_words(text: Any, words: Any) -> None:
    with pytest.raises(RuleProblem, match=words):
        holds(FRAME, text)


def test_a_rule_over_no_rows_says_nothing() -> None:
    assert holds(FRAME.clear(), "a < b").to_list() == []
    assert holds(FRAME.clear(), "True").to_list() == []
