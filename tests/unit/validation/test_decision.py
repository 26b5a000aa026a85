from __future__ import annotations

import math
from typing import Any

import pytest

from regrow.spec.comparison import parse_check
from regrow.validation.decision import check, compare, decide, limits, shown
from regrow.validation.measure import Measure, share
from regrow.verdicts import Verdict


def test_a_failed_check_names_value_and_limit() -> None:
    found = check(parse_check("completeness(arr_delay) > 0.8"), share(431, 1000))
    assert found.verdict is Verdict.FAIL
    assert found.sentence == "completeness(arr_delay) 0.431 is not > 0.8"
    verdict, reason = decide(1000, 1000, (), [found])
    assert verdict is Verdict.FAIL
    assert reason == "completeness(arr_delay) 0.431 is not > 0.8; the batch is refused"


def test_every_failed_limit_is_named() -> None:
    checks = [compare("validity", 0.5, "> 0.9"), compare("uniqueness", 1.0, "> 0.9"), compare("accuracy", 0.1, "> 0.9")]
    _, reason = decide(10, 5, (), checks)
    assert reason == "validity 0.500 is not > 0.9; accuracy 0.100 is not > 0.9; the batch is refused"


def test_nothing_to_measure_is_no_data_and_never_a_pass() -> None:
    found = check(parse_check("accuracy > 0.9"), share(0, 0))
    assert found.verdict is Verdict.NO_DATA
    assert found.value is None
    verdict, reason = decide(10, 10, (), [found, compare("validity", 1.0, "> 0.9")])
    assert verdict is Verdict.NO_DATA
    assert reason == "accuracy could not be measured against > 0.9; the batch is not taken"


def test_a_failure_outweighs_what_could_not_be_measured() -> None:
    checks = [compare("accuracy", math.nan, "> 0.9"), compare("validity", 0.1, "> 0.9")]
    assert decide(10, 10, (), checks)[0] is Verdict.FAIL


def test_a_batch_without_rows_is_no_data() -> None:
    assert decide(0, 0, (), ())[0] is Verdict.NO_DATA


def test_a_changed_shape_refuses_even_an_empty_batch() -> None:
    verdict, reason = decide(0, 0, ("f.csv: missing column 'a'",), ())
    assert verdict is Verdict.FAIL
    assert reason == "f.csv: missing column 'a'; the batch is refused"


def test_a_good_batch_passes_with_its_counts() -> None:
    assert decide(1000, 998, (), limits(1000, 998, 0.1, 1)) == (
        Verdict.PASS,
        "998 of 1,000 rows accepted, 2 in quarantine; 2 limits met",
    )


@pytest.mark.parametrize(
    ("rows", "accepted", "share_limit", "least", "verdicts"),
    [
        (100, 90, 0.1, 1, (Verdict.PASS, Verdict.PASS)),
        (100, 89, 0.1, 1, (Verdict.FAIL, Verdict.PASS)),
        (100, 90, 0.1, 91, (Verdict.PASS, Verdict.FAIL)),
        (0, 0, 0.1, 1, (Verdict.NO_DATA, Verdict.FAIL)),
        (100000, 90000, 0.00001, 1, (Verdict.FAIL, Verdict.PASS)),
    ],
)
def test_every_batch_has_limits_of_rows(rows: Any, accepted: Any, share_limit: Any, least: Any, verdicts: Any) -> None:
    assert tuple(item.verdict for item in limits(rows, accepted, share_limit, least)) == verdicts


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (0.0, "0"), (0.4313, "0.431"), (0.99951, "0.99951"), (0.00012, "0.00012"), (12345.0, "12,345")],
)
def test_values_are_shown_short_and_never_rounded_to_a_limit(value: Any, text: Any) -> None:
    assert shown(value) == text


def test_an_unknown_measure_is_not_a_number() -> None:
    assert share(0, 0).known is False
    assert math.isnan(share(0, 0).value)
    assert share(1, 4) == Measure(value=0.25, numerator=1, denominator=4)
