"""What an algorithm's hyperparameters may be. Light: a spec is checked against it without loading any algorithm."""

from __future__ import annotations

from collections.abc import Mapping

from regrow.errors import UsageError, nearest
from regrow.frozen import Frozen
from regrow.spec.space import Value


class Hyperparameter(Frozen):
    """One hyperparameter's type, default and bounds."""

    name: str
    kinds: tuple[str, ...]
    """Of `int`, `float`, `str`, `bool`, `none`; a whole number is also a float."""
    default: Value
    low: float | None = None
    high: float | None = None
    low_excluded: bool = False
    choices: tuple[Value, ...] = ()
    """Of text: what is allowed."""
    doc: str = ""

    def problem(self, value: Value) -> str:
        """What is wrong with `value`, in words; empty where nothing is."""
        if self._is_of_kind(value) and self._is_chosen(value) and self._is_within(value):
            return ""
        guess = nearest(value, map(str, self.choices)) if isinstance(value, str) else None
        hint = f"; did you mean {guess!r}?" if guess else ""
        return f"{self.name} is {value!r}, allowed is {self.allowed()}{hint}"

    def _is_of_kind(self, value: Value) -> bool:
        kind = "none" if value is None else type(value).__name__
        return kind in self.kinds or (kind == "int" and "float" in self.kinds)

    def _is_chosen(self, value: Value) -> bool:
        return not isinstance(value, str) or not self.choices or value in self.choices

    def _is_within(self, value: Value) -> bool:
        if isinstance(value, bool | str | None):
            return True
        above = self.low is None or value > self.low or (value == self.low and not self.low_excluded)
        return above and (self.high is None or value <= self.high)

    def allowed(self) -> str:
        """For messages: `a number above 0`, `'l1', 'l2' or null`."""
        parts = [", ".join(repr(choice) for choice in self.choices)] if self.choices else []
        if {"int", "float"} & set(self.kinds):
            parts.append(self._number())
        if "str" in self.kinds and not self.choices:
            parts.append("text")
        parts += [word for kind, word in (("bool", "true or false"), ("none", "null")) if kind in self.kinds]
        return " or ".join(parts)

    def _number(self) -> str:
        noun = "a number" if "float" in self.kinds else "a whole number"
        low = "" if self.low is None else f" {'above' if self.low_excluded else 'from'} {self.low:g}"
        return noun + low + ("" if self.high is None else f" up to {self.high:g}")


def problems(
    algorithm: str, known: tuple[Hyperparameter, ...], given: Mapping[str, Value]
) -> tuple[tuple[str, str], ...]:
    """For every wrong hyperparameter its name and a sentence."""
    found = []
    by_name = {hyperparameter.name: hyperparameter for hyperparameter in known}
    for name, value in given.items():
        if name not in by_name:
            guess = nearest(name, by_name)
            hint = f"; did you mean {guess!r}?" if guess else ""
            found.append(
                (name, f"{algorithm} has no hyperparameter {name!r}{hint} (known: {', '.join(sorted(by_name))})")
            )
        elif problem := by_name[name].problem(value):
            found.append((name, problem))
    return tuple(found)


def resolve(algorithm: str, known: tuple[Hyperparameter, ...], given: Mapping[str, Value]) -> dict[str, Value]:
    """Every hyperparameter's value in force, sorted by name; raises UsageError with all that is wrong."""
    if wrong := problems(algorithm, known, given):
        raise UsageError("; ".join(sentence for _, sentence in wrong))
    return {h.name: given.get(h.name, h.default) for h in sorted(known, key=lambda h: h.name)}
