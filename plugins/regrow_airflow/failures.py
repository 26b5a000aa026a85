"""The last five lines of a failed task: what, value against limit, impact, next step, link."""

from __future__ import annotations

from typing import Any

from regrow.errors import RegrowError, Transient, VerdictFailed


def five_lines(error: BaseException, *, pipeline: str, impact: str, link: str) -> str:
    """Plain text, one fact a line, in the same order for every failure."""
    what, value = _what_and_value(error)
    lines = {"what": what, "value": value, "impact": impact, "next": next_step(error, pipeline), "link": link}
    return "\n".join(f"{name:<7} {' '.join(text.split())}" for name, text in lines.items())


def next_step(error: BaseException, pipeline: str) -> str:
    """One command that says more, or that mends it."""
    if isinstance(error, VerdictFailed):
        return f"regrow status {pipeline}"
    if isinstance(error, RegrowError) and error.exit_code == 2:
        return "regrow validate"
    return "regrow doctor"


def impact(champion: Any, pipeline: str) -> str:
    """What the failure means for those who ask the model; `champion` as the ledger has it, or None."""
    if champion is None:
        return f"{pipeline} has no champion yet: nothing is served"
    return f"champion {champion.version} of {pipeline} still serves"


def _what_and_value(error: BaseException) -> tuple[str, str]:
    if isinstance(error, VerdictFailed):
        return f"{error.gate} refused {error.subject}", error.reason
    if isinstance(error, Transient):
        return str(error), "worth another try"
    if isinstance(error, RegrowError):
        facts = ", ".join(f"{name} {value}" for name, value in error.facts.items())
        return str(error), facts or "no measured value"
    return f"{type(error).__name__}: {error}", "not an error that Regrow knows: please report it with this log"
