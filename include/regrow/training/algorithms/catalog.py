"""What every algorithm lets a spec say, without loading the algorithm."""

from __future__ import annotations

from collections.abc import Mapping

from regrow.registries import Registry
from regrow.spec.space import Space, Value
from regrow.training import hyperparameters
from regrow.training.hyperparameters import Hyperparameter

catalog = Registry(
    "algorithm",
    [
        ("lightgbm", "regrow.training.algorithms.options.lightgbm:HYPERPARAMETERS"),
        ("logistic_regression", "regrow.training.algorithms.options.logistic_regression:HYPERPARAMETERS"),
    ],
)


def names() -> tuple[str, ...]:
    return catalog.names()


def known(algorithm: str) -> tuple[Hyperparameter, ...]:
    """Raises NotFound with the nearest name."""
    found: tuple[Hyperparameter, ...] = catalog.load(algorithm)
    return found


def problems(algorithm: str, spaces: Mapping[str, Space]) -> tuple[tuple[str, str], ...]:
    """For every wrong hyperparameter of a spec its name and a sentence: unknown names, wrong values, ranges that leave
    what is allowed. Raises NotFound for an unknown algorithm.
    """
    allowed = known(algorithm)
    found: dict[str, str] = {}
    for name, space in spaces.items():
        for value in _edges(space):
            for wrong, sentence in hyperparameters.problems(algorithm, allowed, {name: value}):
                found.setdefault(wrong, sentence)
    return tuple(found.items())


def _edges(space: Space) -> tuple[Value, ...]:
    """A range is right where both of its ends are."""
    return (space.low, space.high) if space.kind == "range" else space.values
