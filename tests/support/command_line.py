"""The command line as a function, for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Regrow = Callable[..., Ended]
