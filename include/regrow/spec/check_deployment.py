"""Checks of retraining, deployment and monitoring."""

from __future__ import annotations

from collections.abc import Iterator

from regrow.spec.comparison import share_flaw
from regrow.spec.cron import cron_flaw
from regrow.spec.finding import Finding
from regrow.spec.subject import Subject
from regrow.spec.tree import Path

RETRAIN: Path = ("spec", "retrain")
CRITERIA: Path = ("spec", "deployment", "success_criteria")
_TIME_UNITS = ("ms", "s", "m", "h")


def schedule_is_cron(subject: Subject) -> Iterator[Finding]:
    schedule = subject.spec.retrain.schedule
    flaw = cron_flaw(schedule) if schedule is not None else ""
    if flaw:
        yield Finding((*RETRAIN, "schedule"), flaw)


def retraining_fits_partitions(subject: Subject) -> Iterator[Finding]:
    """Weeks, months and windows are counted in daily partitions."""
    retrain = subject.spec.retrain
    if subject.spec.data.partition == "daily":
        return
    asked = {
        "every": retrain.every in ("week", "month"),
        "window_days": retrain.window_days is not None,
        "min_partitions": retrain.min_partitions > 1,
    }
    for name in (name for name, is_asked in asked.items() if is_asked):
        message = "needs daily partitions: `partition: daily` in spec.data"
        yield Finding((*RETRAIN, name), message, reads=(("spec", "data", "partition"),))


def criteria_make_sense(subject: Subject) -> Iterator[Finding]:
    criteria = subject.spec.deployment.success_criteria
    for name in ("accuracy", "error_rate"):
        limit = getattr(criteria, name)
        flaw = share_flaw(limit) if limit else ""
        if flaw:
            yield Finding((*CRITERIA, name), flaw)
    if criteria.latency and not criteria.latency.text.rstrip().endswith(_TIME_UNITS):
        yield Finding((*CRITERIA, "latency"), f"{criteria.latency.text!r} has no unit of time", _TIME_UNITS)


def later_releases(subject: Subject) -> Iterator[Finding]:
    """What a spec may say already and this release does not do yet."""
    spec = subject.spec
    if spec.deployment.strategy != "all-at-once":
        message = f"{spec.deployment.strategy}: rolled out all at once in this release"
        yield Finding(("spec", "deployment", "strategy"), message, warning=True)
    if spec.monitoring.alerts:
        message = "alerts are kept with the pipeline; this release does not watch them"
        yield Finding(("spec", "monitoring", "alerts"), message, warning=True)
