"""Which files of a folder are rows, references or the marker, and which names are partitions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from regrow.data.port import ABOVE, Listing, Reference

UNFINISHED = (".tmp", ".part")

Entries = Mapping[str, tuple[int, int]]
"""Name to (bytes, nanoseconds since the epoch of the last change)."""


@dataclass(frozen=True)
class Naming:
    pattern: str
    """Which files hold rows."""
    marker: str
    references: tuple[Reference, ...] = ()
    daily: bool = True

    def is_partition(self, name: str) -> bool:
        """A day as YYYY-MM-DD; nothing else sorts and parses the same everywhere."""
        try:
            return date.fromisoformat(name).isoformat() == name
        except ValueError:
            return False

    def is_rows(self, name: str) -> bool:
        if name == self.marker or name.startswith((".", "_")) or name.endswith(UNFINISHED):
            return False
        return name not in {reference.file for reference in self.references} and fnmatchcase(name, self.pattern)

    def own_references(self) -> tuple[Reference, ...]:
        """Those found beside the rows. A source without partitions has no other place."""
        return tuple(item for item in self.references if item.scope == "partition" or not self.daily)

    def shared_references(self) -> tuple[Reference, ...]:
        return tuple(item for item in self.references if item.scope == "source" and self.daily)

    def place(self, listed: str) -> tuple[str, ...]:
        """Where below a snapshot the file of that listed name belongs; a file may serve two references."""
        name = listed.removeprefix(ABOVE)
        shared = listed.startswith(ABOVE)
        wanted = self.shared_references() if shared else self.own_references()
        places = [f"references/{reference.name}/{name}" for reference in wanted if reference.file == name]
        if not shared and self.is_rows(name):
            places.append(f"rows/{name}")
        if not shared and name == self.marker:
            places.append(name)
        return tuple(places)

    def listing(
        self, partition: str, own: Mapping[str, tuple[int, int]], top: Mapping[str, tuple[int, int]]
    ) -> Listing:
        """What a snapshot would take; `own` lies in the partition, `top` at the source's top."""
        wanted = {reference.file for reference in self.own_references()} | {self.marker}
        files = [(name, *facts) for name, facts in own.items() if name in wanted or self.is_rows(name)]
        shared = sorted({reference.file for reference in self.shared_references()} & top.keys())
        files += [(ABOVE + name, *top[name]) for name in shared]
        rows = tuple(sorted(name for name in own if self.is_rows(name)))
        return Listing(
            partition=partition,
            files=tuple(sorted(files)),
            rows=rows,
            marker=self.marker if self.marker in own else "",
        )

    def strange_at_top(self, folders: Iterable[str], files: Iterable[str]) -> tuple[str, ...]:
        """Names that nobody asked for, in words: a partition misnamed today is a gap in the model tomorrow."""
        shared = {reference.file for reference in self.shared_references()}
        odd = [f"{name}: not a day as YYYY-MM-DD" for name in folders if not self.is_partition(name)]
        odd += [f"{name}: a file outside of every partition" for name in files if name not in shared]
        return tuple(sorted(line for line in odd if not line.startswith((".", "_"))))
