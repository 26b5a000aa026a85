from hypothesis import given
from hypothesis import strategies as st

from regrow.training.searches.rounds import of_round


@given(trials=st.integers(0, 50), rounds=st.integers(1, 20))
def test_rounds_take_every_trial_once_in_order_and_evenly(trials: int, rounds: int) -> None:
    parts = [of_round(trials, rounds, number) for number in range(rounds)]
    assert [position for part in parts for position in part] == list(range(trials))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_search_with_fewer_rounds_than_the_study_rests() -> None:
    assert list(of_round(4, 1, 1)) == []
