"""When a pipeline's DAGs run: on each accepted partition, by its cron line, by both, or by hand."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable, PartitionedAssetTimetable

from regrow.spec.model import Pipeline


def accepted(pipeline: Pipeline) -> Asset:
    """The accepted partitions: one event each, with the partition's key."""
    return Asset(name=f"{pipeline.name} accepted", uri=f"x-regrow://{pipeline.name}/accepted", group="regrow")


def news(pipeline: Pipeline) -> Asset:
    """The same without keys: Airflow cannot join a keyed event with a cron line in one schedule."""
    return Asset(name=f"{pipeline.name} news", uri=f"x-regrow://{pipeline.name}/news", group="regrow")


def outlets(pipeline: Pipeline) -> list[Asset]:
    return [accepted(pipeline), news(pipeline)] if _both(pipeline) else [accepted(pipeline)]


def retraining(pipeline: Pipeline) -> Any:
    """The schedule of the retraining DAG; None: by hand."""
    policy = pipeline.spec.retrain
    if not policy.schedule:
        return None if policy.every == "never" else PartitionedAssetTimetable(assets=accepted(pipeline))
    cron = CronTriggerTimetable(policy.schedule, timezone="UTC")
    return cron if policy.every == "never" else AssetOrTimeSchedule(timetable=cron, assets=[news(pipeline)])


def in_words(pipeline: Pipeline) -> str:
    policy = pipeline.spec.retrain
    often = {
        "partition": "at every accepted partition",
        "never": "",
        "week": "at a week's end",
        "month": "at a month's end",
    }
    ways = [often[policy.every], f"by the cron line `{policy.schedule}` (UTC)" if policy.schedule else "", "by hand"]
    return ", ".join(way for way in ways if way)


def _both(pipeline: Pipeline) -> bool:
    return bool(pipeline.spec.retrain.schedule) and pipeline.spec.retrain.every != "never"
