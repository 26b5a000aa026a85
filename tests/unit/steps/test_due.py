from datetime import date

import pytest

from regrow.spec.model import Retrain
from regrow.steps.due import closes, due, window
from regrow.steps.graph import RunParams

JANUARY = tuple(f"2013-01-{day:02d}" for day in range(1, 32))
FEBRUARY = tuple(f"2013-02-{day:02d}" for day in range(1, 29))


def test_the_first_study_is_due_once_enough_partitions_are_accepted() -> None:
    policy = Retrain(every="month", min_partitions=28)
    assert not due(policy, JANUARY[:27], None, RunParams()).due
    verdict = due(policy, JANUARY, None, RunParams())
    assert verdict.due
    assert verdict.partitions == JANUARY


def test_a_monthly_retraining_waits_for_the_months_end() -> None:
    policy = Retrain(every="month")
    assert not due(policy, JANUARY + FEBRUARY[:14], "2013-01-31", RunParams()).due
    assert due(policy, JANUARY + FEBRUARY, "2013-01-31", RunParams()).due


def test_a_month_whose_last_day_was_refused_is_closed_by_the_next_day() -> None:
    accepted = JANUARY + FEBRUARY[:27]
    assert not due(Retrain(every="month"), accepted, "2013-01-31", RunParams()).due
    assert due(Retrain(every="month"), (*accepted, "2013-03-01"), "2013-01-31", RunParams()).due


def test_a_late_partition_of_a_closed_month_makes_nothing_due() -> None:
    assert not due(Retrain(every="month"), JANUARY, "2013-01-31", RunParams()).due


def test_a_person_may_ask_at_any_time() -> None:
    verdict = due(Retrain(every="never"), JANUARY[:3], "2013-01-03", RunParams(force=True, actor="ana"))
    assert verdict.due
    assert "ana" in verdict.sentence


def test_a_pipeline_that_is_never_retrained_says_so() -> None:
    assert "only by hand" in due(Retrain(every="never"), JANUARY, None, RunParams()).sentence


def test_the_window_keeps_the_asked_dates_and_the_policys_days() -> None:
    asked = RunParams(start=date(2013, 1, 10), end=date(2013, 1, 12))
    assert window(Retrain(), JANUARY, asked) == ("2013-01-10", "2013-01-11", "2013-01-12")
    assert window(Retrain(window_days=3), JANUARY, RunParams()) == JANUARY[-3:]


@pytest.mark.parametrize(
    ("every", "key", "expected"),
    [
        ("partition", "2013-02-08", True),
        ("week", "2013-02-10", True),
        ("week", "2013-02-09", False),
        ("month", "2013-02-28", True),
        ("month", "2013-02-27", False),
        ("never", "2013-02-28", False),
        ("month", "all", True),
    ],
)
def test_a_partition_closes_its_period(every: str, key: str, expected: bool) -> None:
    assert closes(Retrain.model_validate({"every": every}), key) is expected


def test_a_source_without_days_is_due_at_every_new_batch() -> None:
    assert due(Retrain(), ("all",), None, RunParams()).due
