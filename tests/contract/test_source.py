"""What every Source must do, run against the folder and its twin in memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regrow.data.folder import FolderSource
from regrow.data.memory import MemorySource
from regrow.data.naming import Naming
from regrow.data.port import Listing, Reference, Source
from regrow.errors import NotFound, Transient

DAILY = Naming(
    pattern="*.csv",
    marker="_SUCCESS",
    references=(
        Reference(name="weather", file="weather.csv"),
        Reference(name="planes", file="planes.csv", scope="source"),
    ),
)
WHOLE = Naming(
    pattern="flights.csv",
    marker="_SUCCESS",
    references=(Reference(name="planes", file="planes.csv", scope="source"),),
    daily=False,
)
Write = Callable[[str, str, bytes, int], None]


def _folder(root: Path, naming: Naming) -> tuple[Source, Write]:
    def write(partition: str, name: str, data: bytes, mtime_ns: int) -> None:
        path = root / ("" if partition == "all" else partition) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, ns=(mtime_ns, mtime_ns))

    root.mkdir()
    return FolderSource(root, naming), write


def _memory(root: Path, naming: Naming) -> tuple[Source, Write]:
    source = MemorySource(naming)
    return source, source.write


@pytest.mark.parametrize("kind", [pytest.param(_folder, id="folder"), pytest.param(_memory, id="memory")])
class TestSource:
    def _daily(self, kind: Callable[..., tuple[Source, Write]], tmp_path: Path) -> tuple[Source, Write]:
        source, write = kind(tmp_path / "source", DAILY)
        for day in ("2013-01-02", "2013-01-01"):
            write(day, "flights.csv", b"a,b\n1,2\n", 5_000_000_000)
            write(day, "weather.csv", b"t\n1\n", 6_000_000_000)
            write(day, "_SUCCESS", b"", 7_000_000_000)
        write("", "planes.csv", b"p\n1\n", 1_000_000_000)
        return source, write

    def test_partitions_come_in_order_with_every_file_that_a_snapshot_takes(self, kind: Any, tmp_path: Any) -> None:
        source, _ = self._daily(kind, tmp_path)
        first, second = source.partitions()
        assert (first.partition, second.partition) == ("2013-01-01", "2013-01-02")
        assert first.files == (
            ("../planes.csv", 4, 1_000_000_000),
            ("_SUCCESS", 0, 7_000_000_000),
            ("flights.csv", 8, 5_000_000_000),
            ("weather.csv", 4, 6_000_000_000),
        )
        assert first.rows == ("flights.csv",)
        assert first.marker == "_SUCCESS"
        assert first.newest is not None
        assert first.newest.timestamp() == 6
        assert source.listing("2013-01-01") == first

    @pytest.mark.parametrize("name", [".hidden.csv", "_part.csv", "flights.csv.tmp", "b.csv.part", "notes.txt"])
    def test_hidden_unfinished_and_other_files_are_no_rows(self, kind: Any, tmp_path: Any, name: Any) -> None:
        source, write = self._daily(kind, tmp_path)
        before = source.listing("2013-01-01")
        write("2013-01-01", name, b"x", 8_000_000_000)
        assert source.listing("2013-01-01") == before

    @pytest.mark.parametrize("name", ["2013-1-3", "20130103", "2013-02-30", "latest", "2013-01-01.bak", "2013-W01-1"])
    def test_folders_that_are_no_day_are_reported_and_not_listed(self, kind: Any, tmp_path: Any, name: Any) -> None:
        source, write = self._daily(kind, tmp_path)
        write(name, "flights.csv", b"a\n", 1)
        assert [listing.partition for listing in source.partitions()] == ["2013-01-01", "2013-01-02"]
        assert source.strange() == (f"{name}: not a day as YYYY-MM-DD",)
        with pytest.raises(NotFound, match="there is no partition"):
            source.listing(name)

    def test_stray_files_at_the_top_are_reported(self, kind: Any, tmp_path: Any) -> None:
        source, write = self._daily(kind, tmp_path)
        write("", "flights.csv", b"a\n", 1)
        assert source.strange() == ("flights.csv: a file outside of every partition",)

    def test_reading_puts_rows_references_and_marker_in_their_places(self, kind: Any, tmp_path: Any) -> None:
        source, _ = self._daily(kind, tmp_path)
        source.read("2013-01-01", tmp_path / "out", source.listing("2013-01-01"))
        found = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
        assert found == {
            "rows/flights.csv",
            "references/weather/weather.csv",
            "references/planes/planes.csv",
            "_SUCCESS",
        }
        assert (tmp_path / "out/rows/flights.csv").read_bytes() == b"a,b\n1,2\n"

    def test_reading_a_file_that_changed_its_size_is_transient(self, kind: Any, tmp_path: Any) -> None:
        source, write = self._daily(kind, tmp_path)
        listing = source.listing("2013-01-01")
        write("2013-01-01", "flights.csv", b"a,b\n1,2\n3,4\n", 5_000_000_000)
        with pytest.raises(Transient, match="had 8 bytes when it was listed"):
            source.read("2013-01-01", tmp_path / "out", listing)

    def test_reading_a_file_that_is_gone_is_transient(self, kind: Any, tmp_path: Any) -> None:
        source, _ = self._daily(kind, tmp_path)
        gone = Listing(partition="2013-01-01", files=(("other.csv", 3, 1),), rows=("other.csv",))
        with pytest.raises(Transient):
            source.read("2013-01-01", tmp_path / "out", gone)

    def test_a_source_without_partitions_is_one_batch(self, kind: Any, tmp_path: Any) -> None:
        source, write = kind(tmp_path / "source", WHOLE)
        write("all", "flights.csv", b"a\n1\n", 1)
        write("all", "planes.csv", b"p\n1\n", 2)
        (listing,) = source.partitions()
        assert listing.partition == "all"
        assert listing.rows == ("flights.csv",)
        assert [name for name, _, _ in listing.files] == ["flights.csv", "planes.csv"]
        source.read("all", tmp_path / "out", listing)
        assert (tmp_path / "out/references/planes/planes.csv").exists()
        assert source.strange() == ()
        with pytest.raises(NotFound):
            source.listing("2013-01-01")
