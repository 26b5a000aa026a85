"""Has a partition arrived? A pure decision from what is listed, what was taken before, the policy and the time.

A signature covers a partition's own rows and references. Not the marker, which says when and not what; and not files
that all partitions share, else one edited table would make every past day arrive again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from regrow.data.port import Listing
from regrow.frozen import Frozen, digest
from regrow.spec.model import Arrival


class State(StrEnum):
    WHOLE = "WHOLE"
    """There, complete, and not taken yet."""
    GROWING = "GROWING"
    """Something still comes."""
    EMPTY = "EMPTY"
    """No file with rows."""
    KNOWN = "KNOWN"
    """The same as was taken before."""


class ArrivalState(Frozen):
    partition: str
    state: State
    sentence: str
    """For people: why."""
    signature: str
    repeated: bool = False
    """It was taken before and has changed since."""
    late: bool = False
    """A newer partition was taken before it."""


class Arrived(Frozen):
    listing: Listing
    arrival: ArrivalState

    @property
    def partition(self) -> str:
        return self.listing.partition

    @property
    def signature(self) -> str:
        return self.arrival.signature


def signature(listing: Listing) -> str:
    """64 hex digits; equal where the partition's own files have equal names, sizes and times."""
    return digest([list(entry) for entry in listing.own])


def arrival(
    listing: Listing, known_signature: str | None, policy: Arrival, now: datetime, newest_known: str | None = None
) -> ArrivalState:
    """`known_signature` is what was taken of this partition before, `newest_known` the newest partition taken."""
    found = signature(listing)
    state, why = (State.KNOWN, "is the same as when it was taken") if found == known_signature else ("", "")
    if not state:
        state, why = _judge(listing, known_signature is not None, policy, now)
    repeated = known_signature is not None and state is not State.KNOWN
    late = known_signature is None and newest_known is not None and listing.partition < newest_known
    if state is State.WHOLE:
        why += "; it was taken before and has changed" if repeated else ""
        why += f"; it is late: {newest_known} was taken before it" if late else ""
    return ArrivalState(
        partition=listing.partition,
        state=State(state),
        sentence=f"{listing.partition} {why}",
        signature=found,
        repeated=repeated,
        late=late,
    )


def _judge(listing: Listing, known: bool, policy: Arrival, now: datetime) -> tuple[State, str]:
    newest = listing.newest
    if newest is None or not listing.rows:
        marked = f"the marker {listing.marker} but no file with rows" if listing.marker else "no file with rows yet"
        return State.EMPTY, f"has {marked}"
    if listing.marker and not (known and _is_stale(listing, newest)):
        return State.WHOLE, f"is whole: the marker {listing.marker} is there"
    quiet = now - newest
    needed = timedelta(minutes=policy.quiet_minutes)
    if quiet >= needed:
        return State.WHOLE, f"is whole: nothing changed for {_minutes(quiet)}"
    if quiet < timedelta(0):
        return State.GROWING, f"changed {_minutes(-quiet)} ahead of this clock"
    marker = f"{listing.marker} is older than its files" if listing.marker else f"{policy.marker} is not there"
    return State.GROWING, f"changed {_minutes(quiet)} ago, quiet takes {_minutes(needed)}, and the marker {marker}"


def _is_stale(listing: Listing, newest: datetime) -> bool:
    """A partition taken before keeps its old marker while it is written anew: that marker vouches for nothing."""
    return listing.marked_at is not None and listing.marked_at < newest


def _minutes(span: timedelta) -> str:
    seconds = span.total_seconds()
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def pending(
    listings: Iterable[Listing], known: Mapping[str, str], policy: Arrival, now: datetime
) -> tuple[Arrived, ...]:
    """What is whole and not taken yet, in order of partition. `known` maps partitions to the signatures taken."""
    newest = max(known, default=None)
    found = []
    for item in listings:
        state = arrival(item, known.get(item.partition), policy, now, newest)
        if state.state is State.WHOLE:
            found.append(Arrived(listing=item, arrival=state))
    return tuple(sorted(found, key=lambda arrived: arrived.partition))
