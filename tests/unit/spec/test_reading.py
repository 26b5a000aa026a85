from pathlib import Path

import pytest

from regrow.errors import NotFound
from regrow.spec import reading
from regrow.spec.tree import Place


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        reading.read_bytes(tmp_path / "no.yaml")


def test_a_folder_is_no_pipeline(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not a file"):
        reading.read_bytes(tmp_path)


def test_no_more_is_read_than_one_byte_beyond_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.write_bytes(b"x" * (reading.SIZE + 100))
    assert len(reading.read_bytes(file)) == reading.SIZE + 1


def test_a_byte_order_mark_is_dropped() -> None:
    assert reading.decode(b"\xef\xbb\xbfa: 1\n") == ("a: 1\n", None)


def test_bytes_that_are_not_utf8_are_told_with_their_place() -> None:
    _, flaw = reading.decode(b"a: 1\nb: \xe9\n")
    assert flaw is not None
    assert flaw.place == Place(2, 4)
    assert "0xe9" in flaw.message


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("x" * (reading.SIZE + 1), Place(1, 1), "256 KiB"),
        ("é" * (reading.SIZE // 2 + 1), Place(1, 1), "256 KiB"),
        ("\n" * reading.LINES, Place(reading.LINES, 1), "lines"),
        ("a: 1\n" + "x" * (reading.LINE + 1), Place(2, 1), "a line of"),
        ("a: 1\nb: \x00", Place(2, 4), "U+0000"),
        ("a: \x1b[31m", Place(1, 4), "U+001B"),
        ("a: 1\rb: 2", Place(1, 5), "U+000D"),
        ("a: \ue000", Place(1, 4), "U+E000"),
    ],
)
def test_a_text_beyond_a_limit_is_refused(text: str, place: Place, words: str) -> None:
    flaw = reading.limits(text)
    assert flaw is not None
    assert flaw.place == place
    assert words in flaw.message


@pytest.mark.parametrize("text", ["", "a: 1\r\nb: 2\r\n", "a: \U0001f680 é\n", "\n" * (reading.LINES - 1)])
def test_a_text_within_the_limits_passes(text: str) -> None:
    assert reading.limits(text) is None
