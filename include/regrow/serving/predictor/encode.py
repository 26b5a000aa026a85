"""From named values to the model's matrix, with a sentence for everything that does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regrow.errors import nearest
from regrow.serving.predictor.problem import Problem, unprocessable
from regrow.training.table import TableSpec

Types = frozenset[type[object]]
NUMBERS: Types = frozenset({int, float, NoneType})
INTEGERS: Types = frozenset({int, NoneType})
TEXTS: Types = frozenset({str, NoneType})

Column = Sequence[float | str | None]
# Models compute in 32 bits where they are exported: what is infinite there is refused for every format.
LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True)
class Encoded:
    matrix: NDArray[np.float64]
    """[rows, features]; NaN where a value is missing or its category was not in training."""
    columns: Mapping[str, Column]
    """The values as they were sent, by feature."""
    unknown: int
    """How many values are categories that training never saw."""


class Encoder:
    def __init__(self, table: TableSpec) -> None:
        self.names = table.names
        self._known = frozenset(table.names)
        self._codes: tuple[dict[str | None, float] | None, ...] = tuple(
            {name: float(code) for code, name in enumerate(feature.categories)} | {None: float("nan")}
            if feature.kind == "categorical"
            else None
            for feature in table.features
        )

    def is_categorical(self, name: str) -> bool:
        return name in self._known and self._codes[self.names.index(name)] is not None

    def check_names(self, names: frozenset[str]) -> None:
        """Raises Problem (422) for a column too many, with the name that was meant, or one too few."""
        if names == self._known:
            return
        for name in sorted(names - self._known):
            guess = nearest(name, self._known)
            hint = f"; did you mean {guess!r}?" if guess else f"; the model has {', '.join(self.names)}"
            raise unprocessable("unknown_column", f"the model has no feature {name[:80]!r}{hint}")
        missing = [name for name in self.names if name not in names]
        raise unprocessable(
            "missing_column", f"the features {', '.join(missing)} are not there; null is allowed as a value"
        )

    def encode(self, columns: Mapping[str, Column], integers: frozenset[str] = frozenset()) -> Encoded:
        """Columns of equal length by feature. `integers`: the ones that were declared to hold integers."""
        self.check_names(frozenset(columns))
        unknown = 0
        coded: list[Sequence[Any]] = []
        for name, codes in zip(self.names, self._codes, strict=True):
            values = columns[name]
            if codes is None:
                coded.append(_typed(name, values, INTEGERS if name in integers else NUMBERS))
            else:
                found = [codes.get(value, -1.0) for value in _typed(name, values, TEXTS)]  # type: ignore[arg-type]
                unknown += found.count(-1.0)
                coded.append([NAN if code == -1.0 else code for code in found] if -1.0 in found else found)
        matrix = np.array(coded, dtype=np.float64).T.copy()
        self._check_range(matrix)
        return Encoded(matrix, columns, unknown)

    def encode_codes(self, data: Sequence[float | None]) -> Encoded:
        """From a flat row-major matrix of numbers, categories as their codes; a code of no category is unknown."""
        matrix = np.array(data, dtype=np.float64).reshape(-1, len(self.names))
        self._check_range(matrix)
        unknown = 0
        for position, codes in enumerate(self._codes):
            if codes is not None:
                strange = ~np.isnan(matrix[:, position]) & ~np.isin(matrix[:, position], np.arange(len(codes) - 1))
                unknown += int(strange.sum())
                matrix[strange, position] = NAN
        columns = {name: matrix[:, position].tolist() for position, name in enumerate(self.names)}
        return Encoded(matrix, columns, unknown)

    def _check_range(self, matrix: NDArray[np.float64]) -> None:
        outside = np.abs(matrix) > LARGEST
        if outside.any():
            row, column = (int(place) for place in np.argwhere(outside)[0])
            raise unprocessable(
                "not_finite", f"column {self.names[column]!r}, row {row}: the value is too large for a finite number"
            )


NAN = float("nan")


def _typed(name: str, values: Column, allowed: Types) -> Column:
    if allowed.issuperset(map(type, values)):
        return values
    raise wrong_type(name, values, allowed)


def wrong_type(name: str, values: Sequence[Any], allowed: Types) -> Problem:
    row, value = next((row, value) for row, value in enumerate(values) if type(value) not in allowed)
    wanted = "text" if allowed is TEXTS else "an integer" if allowed is INTEGERS else "a number"
    shown = repr(value)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    return unprocessable("wrong_type", f"column {name!r}, row {row}: {shown} is not {wanted}")
