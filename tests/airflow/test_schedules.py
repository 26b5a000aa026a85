"""When a pipeline is retrained."""

from __future__ import annotations

import pytest
from airflow.sdk import AssetAll, AssetOrTimeSchedule, CronTriggerTimetable, PartitionedAssetTimetable

from regrow.spec.load import load_pipeline
from regrow.spec.model import Pipeline
from regrow_airflow.schedules import accepted, in_words, news, outlets, retraining
from support.toy import YAML, Toy


def with_policy(toy: Toy, policy: str) -> Pipeline:
    toy.yaml.write_text(YAML.replace("retrain: {every: partition, min_partitions: 3}", f"retrain: {{{policy}}}"))
    return load_pipeline(toy.yaml, toy.settings).pipeline


@pytest.mark.parametrize("every", ["partition", "week", "month"])
def test_arrivals_alone_listen_to_the_partitions(toy: Toy, every: str) -> None:
    pipeline = with_policy(toy, f"every: {every}")
    found = retraining(pipeline)
    assert isinstance(found, PartitionedAssetTimetable)
    assert found.asset_condition == accepted(pipeline)
    assert outlets(pipeline) == [accepted(pipeline)]


def test_a_cron_line_alone_listens_to_the_clock(toy: Toy) -> None:
    found = retraining(with_policy(toy, 'every: never, schedule: "0 3 * * 1"'))
    assert isinstance(found, CronTriggerTimetable)
    assert found.expression == "0 3 * * 1"


def test_both_listen_to_clock_and_news(toy: Toy) -> None:
    pipeline = with_policy(toy, 'every: week, schedule: "0 3 * * 1"')
    found = retraining(pipeline)
    assert isinstance(found, AssetOrTimeSchedule)
    assert found.asset_condition == AssetAll(news(pipeline))
    assert outlets(pipeline) == [accepted(pipeline), news(pipeline)]
    assert in_words(pipeline) == "at a week's end, by the cron line `0 3 * * 1` (UTC), by hand"


def test_neither_waits_for_a_person(toy: Toy) -> None:
    pipeline = with_policy(toy, "every: never")
    assert retraining(pipeline) is None
    assert in_words(pipeline) == "by hand"
