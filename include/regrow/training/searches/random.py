"""Draws from the spaces. Each draw has a random source of its own, made from the seed, the trial's position and the
hyperparameter's name: neither rounds nor other hyperparameters change it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

from regrow.errors import UsageError
from regrow.spec.space import Space, Value
from regrow.training.searches.rounds import of_round

REDRAWS = 20
"""How often a draw that was there before is drawn again."""


def ask(
    spaces: Mapping[str, Space],
    trials: int | None,
    rounds: int,
    round: int,
    seed: int,
    history: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Value]]:
    if trials is None:
        raise UsageError("a random search needs its number of trials")
    wanted = of_round(trials, rounds, round)
    drawn: list[dict[str, Value]] = []
    for position in range(wanted.stop):
        drawn.append(_new(spaces, seed, position, drawn))
    return [drawn[position] for position in wanted]


def _new(spaces: Mapping[str, Space], seed: int, position: int, seen: list[dict[str, Value]]) -> dict[str, Value]:
    for attempt in range(REDRAWS):
        found = {name: _draw(space, f"{seed}|{position}|{attempt}|{name}") for name, space in sorted(spaces.items())}
        if found not in seen:
            break
    return found


def _draw(space: Space, source: str) -> Value:
    # Text seeds are hashed by SHA-512: the same on every platform and in every process.
    generator = random.Random(source)
    if space.kind != "range":
        return space.values[generator.randrange(len(space.values))]
    low, high = space.low, space.high
    if low is None or high is None:
        raise UsageError("a range needs low and high")
    if space.step is not None:
        value = low + generator.randrange(math.floor((high - low) / space.step + 1e-9) + 1) * space.step
        return value if isinstance(value, int) else float(f"{value:.12g}")
    return _between(low, high, space, generator)


def _between(low: float, high: float, space: Space, generator: random.Random) -> int | float:
    if space.whole and not space.log:
        return generator.randint(int(low), int(high))
    share = generator.random()
    value = math.exp(math.log(low) + share * math.log(high / low)) if space.log else low + share * (high - low)
    # Six digits are plenty, read well, and do not hang on a platform's last bit.
    value = min(max(float(f"{value:.6g}"), low), high)
    return round(value) if space.whole else value
