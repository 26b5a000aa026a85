"""Every way to choose trials by name.

A search is a function `ask(spaces, trials, rounds, round, seed, history)`, pure: what it answers depends on its
arguments alone, never on how many trials run at once or on what a clock says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from regrow.registries import Registry
from regrow.spec.space import Space, Value


class Search(Protocol):
    def __call__(
        self,
        spaces: Mapping[str, Space],
        trials: int | None,
        rounds: int,
        round: int,
        seed: int,
        history: Sequence[Mapping[str, Any]] = (),
    ) -> list[dict[str, Value]]:
        """The hyperparameters of round `round` (from 0) of `rounds`. `history` holds the results of earlier rounds in
        trial order. Raises UsageError where the spaces do not suit the search.
        """


searches = Registry(
    "search",
    [
        ("grid", "regrow.training.searches.grid:ask"),
        ("random", "regrow.training.searches.random:ask"),
    ],
)
"""Adding one: its file, its test, this line."""
