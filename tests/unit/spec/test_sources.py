from pathlib import Path

import pytest

from regrow.settings import Settings
from regrow.spec.sources import SourceRefused, check_source


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data" / "flights").mkdir(parents=True)
    return Settings(home=tmp_path, data_root=tmp_path / "data", allowed_sources=("s3://",))


@pytest.mark.parametrize("source", ["flights", "./flights", "flights/../flights", "flights/"])
def test_a_folder_below_the_data_root_resolves(source: str, settings: Settings) -> None:
    assert check_source(source, settings) == str(settings.data / "flights")


def test_a_folder_need_not_exist_yet(settings: Settings) -> None:
    assert check_source("trains", settings) == str(settings.data / "trains")


def test_absolute_paths_and_file_addresses_below_the_data_root_resolve(settings: Settings) -> None:
    folder = settings.data / "flights"
    assert check_source(str(folder), settings) == str(folder)
    assert check_source(folder.as_uri(), settings) == str(folder)


@pytest.mark.parametrize(
    "source",
    [
        "..",
        "../data2",
        "flights/../../x",
        "/etc",
        "file:///etc/passwd",
        "file://flights",
        "http://example.org/x",
        "https://example.org/x",
        "HTTP://example.org",
        "ftp://example.org/x",
        "javascript:alert(1)",
        "s3://",
        "s3://x",
        "s3://bucket/../other",
        "s3://bucket/{{ ds }}/",
        "s3://bucket/$(id)",
        "s3://user:secret@bucket/x",
        "s3://bucket/x?y=1",
        "s3:bucket",
        "gs://bucket/x",
        "{{ var.value.x }}",
        "$(id)",
        "a;b",
        "a\nb",
        "a\x00b",
        "~root",
        "%2e%2e/etc",
    ],
)
def test_everything_else_is_refused_and_says_what_is_allowed(source: str, settings: Settings) -> None:
    with pytest.raises(SourceRefused) as refused:
        check_source(source, settings)
    assert refused.value.allowed == ("a folder below the data root", "file:// below the data root", "s3://")


def test_a_symbolic_link_out_of_the_data_root_is_refused(settings: Settings, tmp_path: Path) -> None:
    (settings.data / "escape").symlink_to(tmp_path)
    with pytest.raises(SourceRefused, match="outside of the data root"):
        check_source("escape", settings)


def test_an_allowed_address_stays_as_it_is(settings: Settings) -> None:
    assert check_source("s3://data-bucket/iris/", settings) == "s3://data-bucket/iris/"


def test_a_deployment_can_narrow_addresses_to_a_prefix(settings: Settings) -> None:
    narrow = settings.model_copy(update={"allowed_sources": ("s3://ours/rows",)})
    assert check_source("s3://ours/rows/2013", narrow) == "s3://ours/rows/2013"
    for source in ("s3://theirs/rows", "s3://ours/rows2", "s3://ours"):
        with pytest.raises(SourceRefused):
            check_source(source, narrow)


def test_a_deployment_can_list_a_folder(settings: Settings, tmp_path: Path) -> None:
    wide = settings.model_copy(update={"allowed_sources": (str(tmp_path / "archive"),)})
    assert check_source(str(tmp_path / "archive" / "old"), wide) == str(tmp_path / "archive" / "old")
    with pytest.raises(SourceRefused):
        check_source(str(tmp_path / "archive2"), wide)
