"""A source in memory: the twin for tests of everything that reads sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regrow.data.naming import Naming
from regrow.data.port import ABOVE, WHOLE_SOURCE, Listing
from regrow.errors import NotFound, Transient

TOP = ""
"""The folder of files that lie at the source's top."""


class MemorySource:
    """Folders of files as bytes, with times of change given by the test."""

    def __init__(self, naming: Naming) -> None:
        self.naming = naming
        self._folders: dict[str, dict[str, tuple[bytes, int]]] = {TOP: {}}

    def write(self, partition: str, name: str, data: bytes, mtime_ns: int) -> None:
        """`partition` TOP (or, without partitions, `all`) is the source's top."""
        folder = TOP if partition == WHOLE_SOURCE else partition
        self._folders.setdefault(folder, {})[name] = (data, mtime_ns)

    def remove(self, partition: str, name: str) -> None:
        del self._folders[TOP if partition == WHOLE_SOURCE else partition][name]

    def partitions(self) -> tuple[Listing, ...]:
        return tuple(self.listing(name) for name in self._known())

    def listing(self, partition: str) -> Listing:
        if partition not in self._known():
            raise NotFound("partition", partition, self._known())
        if not self.naming.daily:
            return self.naming.listing(partition, self._facts(TOP), {})
        return self.naming.listing(partition, self._facts(partition), self._facts(TOP))

    def read(self, partition: str, into: Path, listing: Listing) -> None:
        for name, size, _ in listing.files:
            folder = TOP if name.startswith(ABOVE) or not self.naming.daily else partition
            data, _ = self._folders[folder].get(name.removeprefix(ABOVE), (b"", 0))
            if len(data) != size:
                raise Transient(f"{name} had {size:,} bytes when it was listed and {len(data):,} when it was read")
            for place in self.naming.place(name):
                (into / place).parent.mkdir(parents=True, exist_ok=True)
                (into / place).write_bytes(data)

    def strange(self) -> tuple[str, ...]:
        if not self.naming.daily:
            return ()
        return self.naming.strange_at_top([name for name in self._folders if name != TOP], self._folders[TOP])

    def _known(self) -> list[str]:
        if not self.naming.daily:
            return [WHOLE_SOURCE]
        return sorted(name for name in self._folders if self.naming.is_partition(name))

    def _facts(self, folder: str) -> dict[str, tuple[int, int]]:
        return {name: (len(data), changed) for name, (data, changed) in self._folders.get(folder, {}).items()}


if TYPE_CHECKING:
    from regrow.data.port import Source

    _: Source = MemorySource(Naming(pattern="*", marker=""))
