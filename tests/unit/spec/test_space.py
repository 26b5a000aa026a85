from typing import Any

import pytest

from regrow.spec.space import parse_space


@pytest.mark.parametrize(
    "written",
    [
        5,
        "l2",
        None,
        True,
        [1, 2],
        ["a", None],
        {"low": 1, "high": 9},
        {"low": 0.1, "high": 1, "log": True},
        {"low": 0, "high": 1, "step": 0.5},
    ],
)
def test_a_space_is_written_as_it_was_read(written: Any) -> None:
    assert parse_space(written).written() == written


def test_one_and_true_are_different_values() -> None:
    assert parse_space([1, True]).values == (1, True)


def test_a_range_of_integers_is_whole() -> None:
    assert parse_space({"low": 1, "high": 5}).whole
    assert not parse_space({"low": 1, "high": 5.0}).whole


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ([], "at least one"),
        ([[1]], "at least one"),
        ([1, 1], "listed twice"),
        ({}, "a number as low"),
        ({"low": 1}, "a number as high"),
        ({"low": True, "high": 2}, "a number as low"),
        ({"low": 2, "high": 2}, "must be below"),
        ({"low": 0, "high": 1, "log": True}, "starts above 0"),
        ({"low": 1, "high": 2, "log": "yes"}, "log is true or false"),
        ({"low": 1, "high": 2, "step": 0}, "step is a number above 0"),
        ({"low": 1, "high": 2, "step": 1, "log": True}, "goes without log"),
        ({"low": 1, "high": 2, "steps": 1}, "not steps"),
        (b"x", "neither a value"),
    ],
)
def test_what_is_no_space_is_refused_with_what_is_allowed(written: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_space(written)
