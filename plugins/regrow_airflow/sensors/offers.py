"""Which waiting partitions to hand out now: one that failed without a verdict is not offered in a loop. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

BATCH = 100
"""So many partitions at once; Airflow maps a bounded number, and the next run takes the rest."""

AGAIN = timedelta(hours=1)
"""An unchanged partition that was offered and is still not judged waits so long."""

Offers = Mapping[str, Sequence[str]]
"""Partition to (signature, ISO time) of its last offer."""


@dataclass(frozen=True)
class Handout:
    now: tuple[str, ...]
    later: tuple[str, ...]
    again_at: str
    """When the first of `later` is due again; empty where there is none."""
    offers: dict[str, tuple[str, str]]
    """To be kept for next time."""


def hand_out(waiting: Mapping[str, str], offers: Offers, at: datetime) -> Handout:
    """`waiting` maps partitions to their signatures as they are now."""
    same = [key for key, signature in waiting.items() if key in offers and offers[key][0] == signature]
    held = {key: datetime.fromisoformat(offers[key][1]) + AGAIN for key in same}
    later = {key: due for key, due in held.items() if due > at}
    chosen = tuple(sorted(key for key in waiting if key not in later)[:BATCH])
    kept = {key: (offers[key][0], offers[key][1]) for key in later}
    return Handout(
        now=chosen,
        later=tuple(sorted(later)),
        again_at=min(later.values()).isoformat() if later else "",
        offers=kept | {key: (waiting[key], at.isoformat()) for key in chosen},
    )
