from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regrow.errors import UsageError
from regrow.spec.space import parse_space
from regrow.training.searches.random import ask

WRITTEN: dict[str, Any] = {
    "rate": {"low": 0.001, "high": 1.0, "log": True},
    "share": {"low": 0.5, "high": 1.0, "step": 0.25},
    "leaves": {"low": 4, "high": 64},
    "bins": {"low": 8, "high": 512, "log": True},
    "plain": {"low": -1.0, "high": 1.0},
    "mode": ["a", "b", None],
    "fixed": 7,
}
SPACES = {name: parse_space(value) for name, value in WRITTEN.items()}


@given(seed=st.integers(0, 2**31), rounds=st.integers(1, 6))
def test_the_number_of_rounds_changes_no_draw(seed: int, rounds: int) -> None:
    asked = [found for number in range(rounds) for found in ask(SPACES, 7, rounds, number, seed)]
    assert asked == ask(SPACES, 7, 1, 0, seed)


def test_another_hyperparameter_changes_no_draw() -> None:
    fewer = {name: space for name, space in SPACES.items() if name != "leaves"}
    for with_leaves, without in zip(ask(SPACES, 5, 1, 0, 3), ask(fewer, 5, 1, 0, 3), strict=True):
        assert {name: with_leaves[name] for name in fewer} == without


def test_draws_lie_in_their_spaces_and_are_of_their_kind() -> None:
    drawn = ask(SPACES, 300, 1, 0, 1)
    assert all(0.001 <= found["rate"] <= 1 and -1 <= found["plain"] <= 1 for found in drawn)  # type: ignore[operator]
    assert {found["share"] for found in drawn} == {0.5, 0.75, 1.0}
    assert {found["mode"] for found in drawn} == {"a", "b", None}
    assert {found["fixed"] for found in drawn} == {7}
    assert {type(found[name]) for found in drawn for name in ("leaves", "bins")} == {int}
    small = sum(found["rate"] < 0.0316 for found in drawn)  # type: ignore[operator]
    assert 110 < small < 190


def test_nothing_is_drawn_twice_while_there_is_something_else() -> None:
    drawn = ask({"mode": SPACES["mode"]}, 3, 1, 0, 5)
    assert {found["mode"] for found in drawn} == {"a", "b", None}
    assert len(ask({"mode": SPACES["mode"]}, 5, 1, 0, 5)) == 5


def test_seeds_draw_differently() -> None:
    assert ask(SPACES, 3, 1, 0, 1) != ask(SPACES, 3, 1, 0, 2)


def test_a_random_search_needs_a_number_of_trials() -> None:
    with pytest.raises(UsageError, match="needs its number of trials"):
        ask(SPACES, None, 1, 0, 1)
