from __future__ import annotations

from typing import Any

import pytest

from regrow.data.open import open_address, open_source, source_address
from regrow.errors import Refused, UsageError
from regrow.settings import Settings
from regrow.spec.model import Data


@pytest.fixture
def settings(tmp_path: Any) -> Settings:
    (tmp_path / "data/flights/2013-01-01").mkdir(parents=True)
    (tmp_path / "data/flights/2013-01-01/flights.csv").write_text("a\n1\n")
    (tmp_path / "elsewhere").mkdir()
    return Settings(home=tmp_path, allowed_sources=("s3://", f"file://{tmp_path}/elsewhere"))


@pytest.mark.parametrize("source", ["flights", "./flights", "{root}/flights", "file://{root}/flights"])
def test_a_folder_below_the_data_root_is_opened(settings: Any, source: Any) -> None:
    data = Data(source=source.format(root=settings.data), partition="daily")
    assert [listing.partition for listing in open_source(data, settings).partitions()] == ["2013-01-01"]


@pytest.mark.parametrize(
    "source", ["../other", "/etc", "file:///etc", "flights/../../other", "ftp://host/x", "http://x"]
)
def test_a_source_outside_of_what_is_allowed_is_refused(settings: Any, source: Any) -> None:
    with pytest.raises(Refused, match="allowed sources"):
        source_address(source, settings)


def test_a_link_in_the_data_root_that_leads_out_is_refused(settings: Any, tmp_path: Any) -> None:
    (settings.data / "link").symlink_to("/etc")
    with pytest.raises(Refused):
        source_address("link", settings)


def test_a_folder_that_the_settings_allow_is_opened(settings: Any, tmp_path: Any) -> None:
    assert source_address(f"file://{tmp_path}/elsewhere", settings) == str(tmp_path / "elsewhere")


def test_an_allowed_address_that_nothing_reads_is_said_so(settings: Any) -> None:
    address = source_address("s3://bucket/prefix/", settings)
    with pytest.raises(UsageError, match="nothing here reads s3://bucket/prefix/"):
        open_address(address, daily=True, file="*.csv", references=(), marker="_SUCCESS")
