"""Every combination of the spaces' values, in a fixed order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from regrow.errors import UsageError
from regrow.spec.space import Space, Value
from regrow.training.searches.rounds import of_round

MAX_WHOLE = 1000


def ask(
    spaces: Mapping[str, Space],
    trials: int | None,
    rounds: int,
    round: int,
    seed: int,
    history: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Value]]:
    """`trials` below the number of combinations takes so many, evenly spread over them."""
    names = sorted(spaces)
    combinations = list(itertools.product(*(_values(name, spaces[name]) for name in names)))
    wanted = min(trials or len(combinations), len(combinations))
    chosen = [combinations[position * len(combinations) // wanted] for position in range(wanted)]
    return [dict(zip(names, chosen[position], strict=True)) for position in of_round(wanted, rounds, round)]


def _values(name: str, space: Space) -> tuple[Value, ...]:
    if space.kind != "range":
        return space.values
    low, high = space.low, space.high
    if low is None or high is None or (space.step is None and (not space.whole or space.log or high - low > MAX_WHOLE)):
        raise UsageError(f"a grid needs the values of {name} one by one: write a list, or a range with a step")
    step = space.step or 1
    count = math.floor((high - low) / step + 1e-9) + 1
    return tuple(_exact(low + position * step) for position in range(count))


def _exact(value: float) -> int | float:
    """Without the dust of binary fractions: 0.1 + 2 * 0.1 is 0.3."""
    return value if isinstance(value, int) else float(f"{value:.12g}")
