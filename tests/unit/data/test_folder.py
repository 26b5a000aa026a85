from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from regrow.data.folder import FolderSource
from regrow.data.naming import Naming
from regrow.errors import NotFound, Unreachable

NAMING = Naming(pattern="*.csv", marker="_SUCCESS")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root/2013-01-01").mkdir(parents=True)
    (tmp_path / "root/2013-01-01/flights.csv").write_text("a\n1\n")
    (tmp_path / "secret.csv").write_text("s\n1\n")
    return tmp_path / "root"


def test_a_link_out_of_the_source_is_not_listed(root: Any) -> None:
    (root / "2013-01-01/other.csv").symlink_to(root.parent / "secret.csv")
    assert FolderSource(root, NAMING).listing("2013-01-01").rows == ("flights.csv",)


def test_a_link_that_stays_in_the_source_is_listed(root: Any) -> None:
    (root / "2013-01-01/other.csv").symlink_to(root / "2013-01-01/flights.csv")
    assert FolderSource(root, NAMING).listing("2013-01-01").rows == ("flights.csv", "other.csv")


def test_a_partition_that_leads_out_of_the_source_is_reported_and_not_listed(root: Any) -> None:
    (root.parent / "outside").mkdir()
    (root / "2013-01-02").symlink_to(root.parent / "outside")
    source = FolderSource(root, NAMING)
    assert [listing.partition for listing in source.partitions()] == ["2013-01-01"]
    assert source.strange() == ("2013-01-02: leads out of the source",)


def test_a_file_that_becomes_a_link_out_after_it_was_listed_is_not_read(root: Any, tmp_path: Any) -> None:
    source = FolderSource(root, NAMING)
    listing = source.listing("2013-01-01")
    (root / "2013-01-01/flights.csv").unlink()
    (root / "2013-01-01/flights.csv").symlink_to(root.parent / "secret.csv")
    with pytest.raises(NotFound):
        source.read("2013-01-01", tmp_path / "out", listing)


@pytest.mark.parametrize("partition", ["..", "../root", "/etc", "2013-01-01/..", ""])
def test_a_partition_name_is_never_a_path(root: Any, partition: Any) -> None:
    with pytest.raises(NotFound):
        FolderSource(root, NAMING).listing(partition)


def test_a_folder_that_is_not_there_is_unreachable(tmp_path: Any) -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        FolderSource(tmp_path / "nowhere", NAMING).partitions()
