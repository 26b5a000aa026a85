"""Which days the example plays: two months of 2013, or, for machines with less time, the days that matter of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from regrow.errors import NotFound
from regrow.frozen import Frozen

VARIABLE = "REGROW_DEMO_STORY"
BLIZZARD = (date(2013, 2, 8), date(2013, 2, 9))
"""It closed the airports: whatever arrives of these days is refused."""


class Story(Frozen):
    history: tuple[date, ...]
    """Loaded in process, before Airflow starts; its end makes the first retraining due."""
    one_by_one: tuple[date, ...]
    """Arrive slowly."""
    month_end: tuple[date, ...]
    """Arrive quickly; the last one makes the second retraining due."""

    @property
    def arriving(self) -> tuple[date, ...]:
        return (*self.one_by_one, *self.month_end)

    @property
    def refused(self) -> tuple[str, ...]:
        return tuple(day.isoformat() for day in self.arriving if day in BLIZZARD)

    @property
    def end(self) -> str:
        return self.month_end[-1].isoformat()


def _days(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


STORIES = {
    "whole": Story(
        history=_days(date(2013, 1, 1), date(2013, 1, 31)),
        one_by_one=_days(date(2013, 2, 1), date(2013, 2, 14)),
        month_end=_days(date(2013, 2, 15), date(2013, 2, 28)),
    ),
    "short": Story(
        history=_days(date(2013, 1, 22), date(2013, 1, 31)),
        one_by_one=(date(2013, 2, 7), date(2013, 2, 8)),
        month_end=_days(date(2013, 2, 26), date(2013, 2, 28)),
    ),
}


def chosen(environment: Mapping[str, str]) -> Story:
    """Raises NotFound for a story that nobody wrote."""
    name = environment.get(VARIABLE, "whole")
    if name not in STORIES:
        raise NotFound("story of the example", name, STORIES)
    return STORIES[name]
