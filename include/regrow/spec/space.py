"""What a hyperparameter may be: one value, a choice of values, or a range."""

from __future__ import annotations

from typing import Any, Literal

from regrow.frozen import Frozen

Value = bool | int | float | str | None


class Space(Frozen):
    kind: Literal["fixed", "choice", "range"]
    values: tuple[Value, ...] = ()
    """Of fixed (one) and choice."""
    low: float | int | None = None
    high: float | int | None = None
    log: bool = False
    step: float | int | None = None

    @property
    def whole(self) -> bool:
        """True for a range of integers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def written(self) -> Any:
        """As it stands in the YAML."""
        if self.kind == "fixed":
            return self.values[0]
        if self.kind == "choice":
            return list(self.values)
        drawn = {"low": self.low, "high": self.high, "log": self.log or None, "step": self.step}
        return {key: value for key, value in drawn.items() if value is not None}


def parse_space(written: Any) -> Space:
    """Raises ValueError with what is allowed."""
    if isinstance(written, dict):
        return _range(written)
    if isinstance(written, list | tuple):
        return _choice(tuple(written))
    if isinstance(written, Value):
        return Space(kind="fixed", values=(written,))
    raise ValueError(f"{written!r} is neither a value, a list of values, nor a range {{low, high, log, step}}")


def _choice(values: tuple[Any, ...]) -> Space:
    wrong = [value for value in values if not isinstance(value, Value)]
    if not values or wrong:
        raise ValueError(
            f"a list of values needs at least one, each a number, text, true, false or null; got {list(values)!r}"
        )
    if len({(type(value), value) for value in values}) < len(values):
        raise ValueError(f"values are listed twice: {list(values)!r}")
    return Space(kind="choice", values=values)


def _range(written: dict[str, Any]) -> Space:
    unknown = sorted(set(written) - {"low", "high", "log", "step"})
    if unknown:
        raise ValueError(f"a range knows low, high, log and step, not {', '.join(map(str, unknown))}")
    low, high, log, step = (written.get(key) for key in ("low", "high", "log", "step"))
    for name, value in (("low", low), ("high", high)):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"a range needs a number as {name}, got {value!r}")
    if not low < high:  # type: ignore[operator]
        raise ValueError(f"low {low!r} must be below high {high!r}")
    if log not in (None, True, False):
        raise ValueError(f"log is true or false, got {log!r}")
    if log and low <= 0:  # type: ignore[operator]
        raise ValueError(f"a log range starts above 0, got low {low!r}")
    if step is not None and (isinstance(step, bool) or not isinstance(step, int | float) or step <= 0 or log):
        raise ValueError(f"step is a number above 0 and goes without log, got {step!r}")
    return Space(kind="range", low=low, high=high, log=bool(log), step=step)
