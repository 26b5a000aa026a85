"""Which rows train, compare and test: positions only, decided from times or by lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from regrow.errors import RegrowError

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Cut:
    """Row positions of the parts, rising."""

    train: Positions
    validation: Positions
    test: Positions


def temporal_cut(times: pl.Series, validation: float, test: float) -> Cut:
    """The oldest rows train, the newest test. Equal times stay together, so shares are met as nearly as times allow."""
    counts = times.value_counts().sort(times.name)
    if counts.height < 3:
        raise RegrowError(f"a temporal split needs three different times, {times.name!r} has {counts.height}")
    values, before = counts[times.name], np.cumsum(counts["count"].to_numpy()) - counts["count"].to_numpy()
    first = _nearest(before, len(times) * (1 - validation - test), 1, len(values) - 1)
    second = _nearest(before, len(times) * (1 - test), first + 1, len(values))
    in_train, in_test = times < values[first], times >= values[second]
    return Cut(_where(in_train), _where(~in_train & ~in_test), _where(in_test))


def _nearest(before: NDArray[np.int64], rows: float, low: int, high: int) -> int:
    return low + int(np.argmin(np.abs(before[low:high] - rows)))


def _where(chosen: pl.Series) -> Positions:
    return chosen.arg_true().to_numpy().astype(np.int64)


def random_cut(labels: Sequence[str], validation: float, test: float, seed: int) -> Cut:
    """Drawn from each class by itself, so that every part has the classes in their shares."""
    generator = np.random.default_rng(seed)
    codes = np.asarray(labels)
    parts: list[list[Positions]] = [[], [], []]
    for value in sorted(set(labels)):
        drawn = generator.permutation(np.flatnonzero(codes == value))
        ends = np.rint(np.array([1 - validation - test, 1 - test]) * len(drawn)).astype(int)
        for part, positions in zip(parts, np.split(drawn, ends), strict=True):
            part.append(positions)
    return Cut(*(np.sort(np.concatenate(part)).astype(np.int64) for part in parts))
