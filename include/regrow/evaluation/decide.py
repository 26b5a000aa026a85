"""First, better, keep or refused: the selection gate as a pure function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from regrow.evaluation.intervals import Interval
from regrow.frozen import Frozen
from regrow.spec.comparison import Comparison
from regrow.spec.metrics import LOWER_IS_BETTER
from regrow.verdicts import Verdict

MIN_ROWS = 20
MIN_PER_CLASS = 5
"""Fewer test rows than these say nothing about a model."""


class Champion(Frozen):
    """What is known of the one in charge."""

    version: str
    difference: Interval | None = None
    """The candidate's metric minus the champion's, paired on the same rows; None where it cannot be scored there."""
    obstacle: str = ""
    """Why it cannot."""


class Selection(Frozen):
    decision: Literal["first", "better", "keep", "refused"]
    verdict: Verdict | None
    """PASS for first and better; None for a kept champion, a good end too; otherwise why nothing may be promoted."""
    reason: str


def decide(
    *,
    metric: str,
    measured: Mapping[str, Interval],
    require: Mapping[str, Comparison],
    class_rows: Mapping[str, int],
    champion: Champion | None,
    min_improvement: float = 0.0,
    accept_incomparable: bool = False,
) -> Selection:
    """What happens to a candidate whose test metrics are `measured` on `class_rows` rows of each class.

    A champion loses its place only where the whole interval of the paired difference lies beyond `min_improvement`.
    NaN passes nothing. A champion that cannot be scored on the same rows stays, unless a person accepted that
    (`accept_incomparable`); then the rules of a first version hold.
    """
    if refusal := _refusal(metric, measured, require, class_rows):
        return refusal
    if champion is None:
        return _taken("first", f"the first version: {written(metric, measured[metric])}{_met(require)}")
    if champion.difference is None:
        return _without_comparison(champion, accept_incomparable, metric, measured)
    return _compared(champion.version, champion.difference, metric, min_improvement)


def _refusal(
    metric: str, measured: Mapping[str, Interval], require: Mapping[str, Comparison], class_rows: Mapping[str, int]
) -> Selection | None:
    if scarce := _scarce(class_rows):
        return _refused(Verdict.NO_DATA, scarce)
    if metric not in measured or not measured[metric].whole:
        return _refused(Verdict.ERROR, f"{metric} could not be measured on the test rows, and nothing passes on NaN")
    broken = [said for name, limit in sorted(require.items()) if (said := _broken(name, limit, measured))]
    return _refused(Verdict.FAIL, "; ".join(broken)) if broken else None


def _scarce(class_rows: Mapping[str, int]) -> str:
    rows = sum(class_rows.values())
    if rows < MIN_ROWS:
        return f"{rows} test rows are too few to judge by, {MIN_ROWS} are needed"
    rare = sorted((count, name) for name, count in class_rows.items() if count < MIN_PER_CLASS)
    if rare:
        return f"{rare[0][0]} of {rows:,} test rows are of class {rare[0][1]!r}, {MIN_PER_CLASS} are needed"
    return ""


def _broken(name: str, limit: Comparison, measured: Mapping[str, Interval]) -> str:
    if name not in measured:
        return f"{name} is required to be {limit}, but it is no test metric (there are {', '.join(sorted(measured))})"
    value = measured[name].value
    return "" if limit.holds(value) else f"{name} is {value:.4f}, required is {limit}"


def _met(require: Mapping[str, Comparison]) -> str:
    return "".join(f"; {name} {limit} holds" for name, limit in sorted(require.items()))


def _without_comparison(champion: Champion, accepted: bool, metric: str, measured: Mapping[str, Interval]) -> Selection:
    cannot = f"cannot be scored on the same rows: {champion.obstacle}"
    if accepted:
        held = written(metric, measured[metric])
        return _taken("first", f"the champion {champion.version} {cannot}; accepted by a person, on {held}")
    return Selection(
        decision="keep",
        verdict=Verdict.INCONCLUSIVE,
        reason=f"the champion {champion.version} stays: it {cannot}; a run with --replace-incomparable accepts that",
    )


def _compared(version: str, difference: Interval, metric: str, least: float) -> Selection:
    if not difference.whole:
        return _refused(Verdict.ERROR, f"the difference to the champion {version} is not a number")
    lower = metric in LOWER_IS_BETTER
    wins = difference.high < -least if lower else difference.low > least
    if wins:
        return _taken("better", f"better than the champion {version}: {_difference(metric, difference, least)}")
    reason = f"the champion {version} stays: {_difference(metric, difference, least)}"
    return Selection(decision="keep", verdict=None, reason=reason)


def _difference(metric: str, difference: Interval, least: float) -> str:
    bound = f"less than {-least or 0:g}" if metric in LOWER_IS_BETTER else f"more than {least:g}"
    return f"{metric} {difference.value:+.4f} [{difference.low:+.4f}, {difference.high:+.4f}], needed {bound}"


def written(metric: str, interval: Interval) -> str:
    return f"{metric} {interval.value:.4f} [{interval.low:.4f}, {interval.high:.4f}]"


def _taken(decision: Literal["first", "better"], reason: str) -> Selection:
    return Selection(decision=decision, verdict=Verdict.PASS, reason=reason)


def _refused(verdict: Verdict, reason: str) -> Selection:
    return Selection(decision="refused", verdict=verdict, reason=f"the candidate is refused: {reason}")
