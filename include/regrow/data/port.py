"""The port to where rows come from: partitions of files that somebody else writes.

A listing is what a source holds for one partition at one moment. It names every file that a snapshot would take, with
size and time of change, so that two equal listings mean that nothing happened in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from regrow.frozen import Frozen

WHOLE_SOURCE = "all"
"""The partition key of a source that is one batch."""

ABOVE = "../"
"""Begins the name of a file that lies at the source's top and is shared by all its partitions."""


class Listing(Frozen):
    partition: str
    """`2013-02-08`, or `all` for a source that is one batch."""
    files: tuple[tuple[str, int, int], ...] = ()
    """(name, bytes, nanoseconds since the epoch of the last change), sorted: rows, references and the marker."""
    rows: tuple[str, ...] = ()
    """Which of the files hold rows, sorted."""
    marker: str = ""
    """The name of the marker, if it is there."""

    @property
    def own(self) -> tuple[tuple[str, int, int], ...]:
        """What arrived with this partition: everything but the marker and the files shared by all partitions."""
        return tuple(entry for entry in self.files if entry[0] != self.marker and not entry[0].startswith(ABOVE))

    @property
    def newest(self) -> datetime | None:
        """When one of the own files last changed, UTC; None where there is none."""
        return as_time(max((entry[2] for entry in self.own), default=None))

    @property
    def marked_at(self) -> datetime | None:
        return as_time(next((entry[2] for entry in self.files if entry[0] == self.marker), None))


class Reference(Frozen):
    """A table beside the rows, as the snapshot's parameters write it."""

    name: str
    file: str
    scope: str = "partition"
    """`partition`: a file of each partition; `source`: one file at the source's top."""

    @property
    def listed(self) -> str:
        """Its name in a listing of a partitioned source."""
        return self.file if self.scope == "partition" else ABOVE + self.file


class Source(Protocol):
    def partitions(self) -> tuple[Listing, ...]:
        """What is there, in order of partition. Raises Unreachable."""

    def listing(self, partition: str) -> Listing:
        """One partition. Raises NotFound, Unreachable."""

    def read(self, partition: str, into: Path, listing: Listing) -> None:
        """Copy every listed file to `into`: rows/<file>, references/<name>/<file>, and the marker under its own name.

        Raises Transient where a file is gone or has another size than listed.
        """

    def strange(self) -> tuple[str, ...]:
        """What lies in the source and is neither a partition nor a file that anybody asked for, in words."""


def as_time(nanoseconds: int | None) -> datetime | None:
    return None if nanoseconds is None else datetime.fromtimestamp(nanoseconds / 1e9, tz=UTC)


def as_references(items: Iterable[Reference | dict[str, str]]) -> tuple[Reference, ...]:
    return tuple(item if isinstance(item, Reference) else Reference(**item) for item in items)
