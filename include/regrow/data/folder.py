"""A source in a folder of this machine, or of a share mounted on it."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from regrow.data.naming import Naming
from regrow.data.port import ABOVE, WHOLE_SOURCE, Listing
from regrow.errors import NotFound, OutOfSpace, Transient, Unreachable

Entries = dict[str, tuple[int, int]]


class FolderSource:
    """Daily folders below `root`, or `root` itself as the one batch. Never follows a link out of `root`."""

    def __init__(self, root: Path, naming: Naming) -> None:
        self.root, self.naming = root, naming

    def partitions(self) -> tuple[Listing, ...]:
        top = self._files(self.root)
        if not self.naming.daily:
            return (self.naming.listing(WHOLE_SOURCE, top, {}),)
        days = [name for name in self._folders() if self.naming.is_partition(name)]
        return tuple(self.naming.listing(day, self._files(self.root / day), top) for day in days)

    def listing(self, partition: str) -> Listing:
        top = self._files(self.root)
        if not self.naming.daily and partition == WHOLE_SOURCE:
            return self.naming.listing(partition, top, {})
        if not self.naming.daily or not self.naming.is_partition(partition) or partition not in self._folders():
            raise NotFound("partition", partition, self._known())
        return self.naming.listing(partition, self._files(self.root / partition), top)

    def read(self, partition: str, into: Path, listing: Listing) -> None:
        folder = self.root / partition if self.naming.daily else self.root
        for name, size, _ in listing.files:
            origin = self.root / name.removeprefix(ABOVE) if name.startswith(ABOVE) else folder / name
            for place in self.naming.place(name):
                _copy(self._inside(origin), into / place, size)

    def strange(self) -> tuple[str, ...]:
        if not self.naming.daily:
            return ()
        links = [f"{name}: leads out of the source" for name in self._names() if not self._stays(self.root / name)]
        return tuple(sorted([*links, *self.naming.strange_at_top(self._folders(), self._files(self.root))]))

    def _names(self) -> list[str]:
        try:
            return sorted(os.listdir(self.root))  # noqa: PTH208
        except OSError as error:
            raise Unreachable(service="the source", address=str(self.root), reason=error.strerror or "") from error

    def _folders(self) -> list[str]:
        return [name for name in self._names() if (self.root / name).is_dir() and self._stays(self.root / name)]

    def _known(self) -> list[str]:
        """The newest partitions: a few are enough to see what is there."""
        return self._folders()[-5:] if self.naming.daily else [WHOLE_SOURCE]

    def _files(self, folder: Path) -> Entries:
        try:
            names = os.listdir(folder)  # noqa: PTH208
        except OSError as error:
            raise Unreachable(service="the source", address=str(folder), reason=error.strerror or "") from error
        facts = ((name, self._facts(folder / name)) for name in names)
        return {name: found for name, found in facts if found}

    def _facts(self, path: Path) -> tuple[int, int] | None:
        """(bytes, nanoseconds) of a file that lies in the source; None for anything else, also for one just removed."""
        try:
            found = path.lstat()
            if stat.S_ISLNK(found.st_mode):
                found = path.stat()
                if not self._stays(path):
                    return None
        except OSError:
            return None
        return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None

    def _stays(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self.root.resolve())

    def _inside(self, path: Path) -> Path:
        if not self._stays(path):
            raise NotFound("file in the source", path.name)
        return path


def _copy(origin: Path, target: Path, size: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(target.parent).free
    if free < size:
        raise OutOfSpace(path=str(target.parent), needed=size, free=free)
    try:
        shutil.copyfile(origin, target)
    except FileNotFoundError as error:
        raise Transient(f"{origin.name} vanished while it was read; try again when the source is at rest") from error
    found = target.stat().st_size
    if found != size:
        raise Transient(
            f"{origin.name} had {size:,} bytes when it was listed and {found:,} when it was read; try again"
        )


if TYPE_CHECKING:
    from regrow.data.port import Source

    _: Source = FolderSource(Path(), Naming(pattern="*", marker=""))
