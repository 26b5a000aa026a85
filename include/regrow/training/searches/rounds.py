"""Which of a search's trials belong to which round."""

from __future__ import annotations


def of_round(trials: int, rounds: int, round: int) -> range:
    """Positions of round `round`: as evenly as can be, in order, and none once the rounds are over."""
    if round >= rounds:
        return range(0)
    return range(trials * round // rounds, trials * (round + 1) // rounds)
