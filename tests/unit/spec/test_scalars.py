from typing import Any

import pytest

from regrow.spec.scalars import resolve


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("no", "no"),
        ("on", "on"),
        ("12", 12),
        ("-3", -3),
        ("012", 12),
        ("0o17", 15),
        ("0xff", 255),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("2013-02-08", "2013-02-08"),
        ("+", "+"),
        ("0b11", "0b11"),
    ],
)
def test_a_plain_word_means_what_yaml_1_2_says(written: str, value: Any) -> None:
    found, wrong = resolve(written, plain=True)
    assert (found, type(found), wrong) == (value, type(value), "")


@pytest.mark.parametrize("written", ["12", "true", "null", "", ".inf"])
def test_a_quoted_word_is_text(written: str) -> None:
    assert resolve(written, plain=False) == (written, "")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (".inf", "not a finite number"),
        ("-.INF", "not a finite number"),
        (".NaN", "not a finite number"),
        ("1e999", "not a finite number"),
        ("9" * 41, "at most 40"),
        ("9223372036854775808", "64 bits"),
        ("0x8000000000000000", "64 bits"),
    ],
)
def test_a_number_that_nothing_can_hold_is_refused(written: str, words: str) -> None:
    value, wrong = resolve(written, plain=True)
    assert value is None
    assert words in wrong


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[31m", "\x85", "\u2028", "\ud800"])
def test_a_text_with_control_characters_is_refused(text: str) -> None:
    assert "control character U+" in resolve(text, plain=False)[1]
