import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regrow.errors import RegrowError
from regrow.training.cuts import Cut, random_cut, temporal_cut


def everything(cut: Cut) -> list[int]:
    return sorted([*cut.train, *cut.validation, *cut.test])


def test_the_oldest_train_and_the_newest_test() -> None:
    cut = temporal_cut(pl.Series("t", range(10)), 0.2, 0.2)
    assert (cut.train.tolist(), cut.validation.tolist(), cut.test.tolist()) == ([0, 1, 2, 3, 4, 5], [6, 7], [8, 9])


@settings(max_examples=60, deadline=None)
@given(times=st.lists(st.integers(0, 12), min_size=3, max_size=80).filter(lambda found: len(set(found)) >= 3))
def test_equal_times_are_never_parted_and_no_row_is_lost(times: list[int]) -> None:
    cut = temporal_cut(pl.Series("t", times), 0.3, 0.2)
    parts = [{times[position] for position in part} for part in (cut.train, cut.validation, cut.test)]
    assert all(parts)
    assert max(parts[0]) < min(parts[1])
    assert max(parts[1]) < min(parts[2])
    assert everything(cut) == list(range(len(times)))


def test_two_different_times_cannot_be_split() -> None:
    with pytest.raises(RegrowError, match="needs three different times, 't' has 2"):
        temporal_cut(pl.Series("t", [1, 1, 2]), 0.2, 0.2)


def test_a_random_cut_keeps_the_shares_of_classes() -> None:
    labels = ["a"] * 100 + ["b"] * 10
    cut = random_cut(labels, 0.2, 0.2, seed=3)
    parts = (cut.train, cut.validation, cut.test)
    assert [sum(labels[position] == "b" for position in part) for part in parts] == [6, 2, 2]
    assert everything(cut) == list(range(110))


def test_a_random_cut_hangs_on_its_seed_alone() -> None:
    labels = ["a", "b"] * 50
    first, again, other = (random_cut(labels, 0.2, 0.2, seed) for seed in (1, 1, 2))
    assert first.test.tolist() == again.test.tolist()
    assert first.test.tolist() != other.test.tolist()
