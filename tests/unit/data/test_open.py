from __future__ import annotations

from pathlib import Path

import pytest

from regrow.data.open import open_address, open_source
from regrow.errors import UsageError
from regrow.settings import Settings
from regrow.spec.model import Data
from regrow.spec.sources import SourceRefused


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data/flights/2013-01-01").mkdir(parents=True)
    (tmp_path / "data/flights/2013-01-01/flights.csv").write_text("a\n1\n")
    (tmp_path / "elsewhere").mkdir()
    return Settings(home=tmp_path, allowed_sources=("s3://", f"file://{tmp_path}/elsewhere"))


@pytest.mark.parametrize("source", ["flights", "./flights", "{root}/flights", "file://{root}/flights"])
def test_a_folder_below_the_data_root_is_opened(settings: Settings, source: str) -> None:
    data = Data(source=source.format(root=settings.data), partition="daily")
    assert [listing.partition for listing in open_source(data, settings).partitions()] == ["2013-01-01"]


@pytest.mark.parametrize(
    "source", ["../other", "/etc", "file:///etc", "flights/../../other", "ftp://host/x", "s3://x", "link"]
)
def test_a_source_outside_of_what_is_allowed_is_refused_as_in_the_spec(settings: Settings, source: str) -> None:
    (settings.data / "link").symlink_to("/etc")
    with pytest.raises(SourceRefused, match="allowed: a folder below the data root"):
        open_source(Data(source=source), settings)


def test_a_folder_that_the_settings_allow_is_opened(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "elsewhere/2013-01-02").mkdir()
    (tmp_path / "elsewhere/2013-01-02/flights.csv").write_text("a\n1\n")
    source = open_source(Data(source=f"file://{tmp_path}/elsewhere", partition="daily"), settings)
    assert [listing.partition for listing in source.partitions()] == ["2013-01-02"]


def test_an_allowed_address_that_nothing_reads_is_said_so(settings: Settings) -> None:
    with pytest.raises(UsageError, match="nothing here reads s3://bucket/prefix/"):
        open_source(Data(source="s3://bucket/prefix/"), settings)


def test_a_step_is_told_the_same_of_an_address(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing here reads gs://bucket/"):
        open_address("gs://bucket/", daily=True, file="*.csv", references=(), marker="_SUCCESS")
