"""Which class was said for which."""

from __future__ import annotations

import numpy as np

from regrow.evaluation.intervals import Floats, Labels
from regrow.frozen import Frozen


class Confusion(Frozen):
    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    """A row for each actual class, a column for each predicted one."""
    rule: str = "the class with the highest probability; of equals the first"


def confusion(y: Labels, p: Floats, classes: tuple[str, ...]) -> Confusion:
    cells = np.bincount(y * len(classes) + p.argmax(axis=1), minlength=len(classes) ** 2)
    rows = cells.reshape(len(classes), len(classes)).tolist()
    return Confusion(classes=classes, counts=tuple(tuple(row) for row in rows))
