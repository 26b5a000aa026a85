"""`> 0.95`, `< 100ms`, `completeness(arr_delay) > 0.8`: a measured value against a limit, as people write it."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from typing import Any

from regrow.frozen import Frozen

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_UNITS = {"": 1.0, "%": 0.01, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_BARE = re.compile(r"^\s*(>=|<=|>|<)\s*([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*(%|ms|s|m|h)?\s*$")
_NAMED = re.compile(r"^\s*([a-z][a-z0-9_]*)\s*(?:\(\s*([^()]*?)\s*\))?\s*((?:>=|<=|>|<).*)$")


class Comparison(Frozen):
    """A limit. `holds(value)` is never true for NaN."""

    text: str
    sign: str
    limit: float
    """In base units: a share, or seconds."""

    def holds(self, value: float) -> bool:
        return not math.isnan(value) and _OPERATORS[self.sign](value, self.limit)

    def __str__(self) -> str:
        return self.text


class Check(Frozen):
    """A named measure, its argument and its limit: `completeness(arr_delay) > 0.8`."""

    text: str
    measure: str
    argument: str | None
    comparison: Comparison


def parse_comparison(text: Any) -> Comparison:
    """Raises ValueError with what is allowed."""
    match = _BARE.match(text) if isinstance(text, str) else None
    if not match:
        raise ValueError(f"{text!r} is not a comparison; write a sign and a number, like '> 0.95' or '< 100ms'")
    sign, number, unit = match.groups()
    shown = f"{sign} {number}{unit or ''}"
    return Comparison(text=shown, sign=sign, limit=float(number) * _UNITS[unit or ""])


def parse_check(text: Any) -> Check:
    """Raises ValueError with what is allowed."""
    match = _NAMED.match(text) if isinstance(text, str) else None
    if not match:
        raise ValueError(f"{text!r} is not a check; write a measure and a limit, like 'completeness > 0.95'")
    measure, argument, rest = match.groups()
    comparison = parse_comparison(rest)
    name = f"{measure}({argument})" if argument else measure
    return Check(text=f"{name} {comparison.text}", measure=measure, argument=argument or None, comparison=comparison)


def share_flaw(comparison: Comparison) -> str:
    """What is wrong with a limit on a share of rows or requests; empty if nothing is."""
    if comparison.text.endswith(("ms", "s", "m", "h")):
        return f"{comparison.text!r} compares a share, which has no unit of time"
    if not 0 <= comparison.limit <= 1:
        return f"{comparison.text!r} compares a share, which lies within 0 and 1 (or 0% and 100%)"
    if (comparison.sign, comparison.limit) in ((">", 1.0), ("<", 0.0)):
        return f"{comparison.text!r} can never hold: a share lies within 0 and 1"
    return ""
