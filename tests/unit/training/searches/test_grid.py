from typing import Any

import pytest

from regrow.errors import UsageError
from regrow.spec.space import parse_space
from regrow.training.searches.grid import ask


def spaces(**written: Any) -> dict[str, Any]:
    return {name: parse_space(value) for name, value in written.items()}


def test_every_combination_is_asked_once_in_the_names_order() -> None:
    assert ask(spaces(b=[1, 2], a=["x", "y"], c=True), None, 1, 0, 0) == [
        {"a": "x", "b": 1, "c": True},
        {"a": "x", "b": 2, "c": True},
        {"a": "y", "b": 1, "c": True},
        {"a": "y", "b": 2, "c": True},
    ]


def test_rounds_share_the_combinations() -> None:
    grid = spaces(a=[1, 2, 3, 4, 5])
    rounds = [ask(grid, None, 2, number, 0) for number in (0, 1)]
    assert rounds[0] + rounds[1] == ask(grid, None, 1, 0, 0)


def test_a_limit_takes_combinations_spread_over_the_grid() -> None:
    assert ask(spaces(a=list(range(10))), 3, 1, 0, 0) == [{"a": 0}, {"a": 3}, {"a": 6}]
    assert len(ask(spaces(a=[1, 2]), 30, 1, 0, 0)) == 2


def test_ranges_with_steps_and_small_whole_ones_are_listed() -> None:
    assert [found["a"] for found in ask(spaces(a={"low": 0.1, "high": 0.5, "step": 0.1}), None, 1, 0, 0)] == [
        0.1,
        0.2,
        0.3,
        0.4,
        0.5,
    ]
    assert [found["a"] for found in ask(spaces(a={"low": 2, "high": 4}), None, 1, 0, 0)] == [2, 3, 4]


@pytest.mark.parametrize(
    "written", [{"low": 0.1, "high": 0.2}, {"low": 1, "high": 100, "log": True}, {"low": 1, "high": 9999}]
)
def test_a_range_without_steps_is_no_grid(written: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="a grid needs the values of rate one by one"):
        ask(spaces(rate=written), None, 1, 0, 0)


def test_no_spaces_are_one_trial() -> None:
    assert ask({}, None, 1, 0, 0) == [{}]
