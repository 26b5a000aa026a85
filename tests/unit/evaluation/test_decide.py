from __future__ import annotations

import math

import pytest

from regrow.evaluation.decide import Champion, Selection, decide
from regrow.evaluation.intervals import Interval
from regrow.spec.comparison import parse_comparison
from regrow.verdicts import Verdict

NAN = math.nan


def interval(value: float, low: float | None = None, high: float | None = None) -> Interval:
    low, high = (value - 0.01 if low is None else low), (value + 0.01 if high is None else high)
    return Interval(value=value, low=low, high=high, method="delong")


def decided(
    difference: Interval | None = None,
    *,
    metric: str = "roc_auc",
    value: Interval | None = None,
    obstacle: str = "",
    rows: dict[str, int] | None = None,
    require: dict[str, str] | None = None,
    least: float = 0.0,
    accept: bool = False,
) -> Selection:
    challenged = difference is not None or obstacle
    return decide(
        metric=metric,
        measured={metric: value or interval(0.72), "accuracy": interval(0.8)},
        require={name: parse_comparison(text) for name, text in (require or {}).items()},
        class_rows={"no": 70, "yes": 30} if rows is None else rows,
        champion=Champion(version="1.0.0", difference=difference, obstacle=obstacle) if challenged else None,
        min_improvement=least,
        accept_incomparable=accept,
    )


def test_without_a_champion_the_first_is_taken() -> None:
    found = decided()
    assert (found.decision, found.verdict) == ("first", Verdict.PASS)
    assert found.reason == "the first version: roc_auc 0.7200 [0.7100, 0.7300]"


def test_the_first_must_meet_what_is_required() -> None:
    found = decided(require={"roc_auc": "> 0.75", "accuracy": "> 0.7"})
    assert (found.decision, found.verdict) == ("refused", Verdict.FAIL)
    assert found.reason == "the candidate is refused: roc_auc is 0.7200, required is > 0.75"


def test_what_is_met_is_said() -> None:
    assert decided(require={"accuracy": "> 0.7"}).reason.endswith("; accuracy > 0.7 holds")


def test_every_broken_limit_is_named() -> None:
    reason = decided(interval(0.1), require={"roc_auc": "> 0.75", "accuracy": ">= 0.9"}).reason
    assert "accuracy is 0.8000, required is >= 0.9" in reason
    assert "roc_auc is 0.7200, required is > 0.75" in reason


def test_a_required_metric_that_does_not_exist_is_refused() -> None:
    assert "it is no test metric (there are accuracy, roc_auc)" in decided(require={"auc": "> 0.5"}).reason


def test_better_needs_the_whole_interval() -> None:
    found = decided(interval(0.01, 0.001, 0.019))
    assert (found.decision, found.verdict) == ("better", Verdict.PASS)
    assert found.reason == ("better than the champion 1.0.0: roc_auc +0.0100 [+0.0010, +0.0190], needed more than 0")


def test_an_interval_that_reaches_zero_keeps_the_champion_in_words() -> None:
    found = decided(interval(0.0012, -0.0031, 0.0055))
    assert (found.decision, found.verdict) == ("keep", None)
    assert found.reason == "the champion 1.0.0 stays: roc_auc +0.0012 [-0.0031, +0.0055], needed more than 0"


@pytest.mark.parametrize(("low", "decision"), [(0.0049, "keep"), (0.005, "keep"), (0.0051, "better")])
def test_the_lower_end_must_exceed_the_least_improvement(low: float, decision: str) -> None:
    found = decided(interval(0.01, low, 0.02), least=0.005)
    assert found.decision == decision
    assert found.reason.endswith("needed more than 0.005")


@pytest.mark.parametrize(
    ("low", "high", "least", "decision", "needed"),
    [
        (-0.02, -0.01, 0.0, "better", "less than 0"),
        (-0.02, 0.001, 0.0, "keep", "less than 0"),
        (0.01, 0.02, 0.0, "keep", "less than 0"),
        (-0.02, -0.01, 0.015, "keep", "less than -0.015"),
        (-0.02, -0.016, 0.015, "better", "less than -0.015"),
    ],
)
def test_where_lower_is_better_the_upper_end_counts(
    low: float, high: float, least: float, decision: str, needed: str
) -> None:
    found = decided(interval((low + high) / 2, low, high), metric="log_loss", least=least)
    assert found.decision == decision
    assert found.reason.endswith(f"needed {needed}")


@pytest.mark.parametrize("broken", [(NAN, NAN, NAN), (0.1, NAN, 0.2), (0.1, 0.05, NAN), (0.1, 0.05, math.inf)])
def test_a_difference_that_is_not_a_number_never_passes(broken: tuple[float, float, float]) -> None:
    found = decided(interval(*broken))
    assert (found.decision, found.verdict) == ("refused", Verdict.ERROR)


@pytest.mark.parametrize("champion", [None, interval(0.1)])
def test_a_metric_that_is_not_a_number_never_passes(champion: Interval | None) -> None:
    found = decided(champion, value=interval(NAN, NAN, NAN))
    assert (found.decision, found.verdict) == ("refused", Verdict.ERROR)


def test_a_required_metric_of_nan_never_passes() -> None:
    assert decided(value=interval(0.7), require={"roc_auc": "< 2"}).decision == "first"
    nan = {"roc_auc": interval(0.7), "accuracy": interval(NAN, NAN, NAN)}
    limits = {"accuracy": parse_comparison("< 2")}
    found = decide(metric="roc_auc", measured=nan, require=limits, class_rows={"a": 50, "b": 50}, champion=None)
    assert (found.decision, found.verdict) == ("refused", Verdict.FAIL)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"no": 10, "yes": 9}, "19 test rows are too few to judge by, 20 are needed"),
        ({}, "0 test rows are too few"),
        ({"no": 100, "yes": 0}, "0 of 100 test rows are of class 'yes', 5 are needed"),
        ({"no": 100, "yes": 4}, "4 of 104 test rows are of class 'yes', 5 are needed"),
    ],
)
@pytest.mark.parametrize("champion", [None, interval(0.1)])
def test_too_little_to_judge_by_is_no_data(rows: dict[str, int], words: str, champion: Interval | None) -> None:
    found = decided(champion, rows=rows)
    assert (found.decision, found.verdict) == ("refused", Verdict.NO_DATA)
    assert words in found.reason


def test_a_champion_that_cannot_be_scored_stays() -> None:
    found = decided(obstacle="its feature gust is no longer made")
    assert (found.decision, found.verdict) == ("keep", Verdict.INCONCLUSIVE)
    assert found.reason.startswith("the champion 1.0.0 stays: it cannot be scored on the same rows: its feature gust")


def test_a_person_may_accept_that_it_cannot_be_scored() -> None:
    found = decided(obstacle="its feature gust is no longer made", accept=True)
    assert (found.decision, found.verdict) == ("first", Verdict.PASS)
    assert "accepted by a person, on roc_auc 0.7200" in found.reason


def test_acceptance_does_not_help_a_worse_challenger() -> None:
    assert decided(interval(-0.1, -0.2, -0.05), accept=True).decision == "keep"


def test_acceptance_does_not_lift_a_requirement() -> None:
    assert decided(obstacle="gone", accept=True, require={"roc_auc": "> 0.9"}).decision == "refused"
