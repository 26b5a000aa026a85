"""A check of cron expressions: minute, hour, day of month, month, day of week."""

from __future__ import annotations

import re

_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    ("day of week", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)
PRESETS = ("@hourly", "@daily", "@weekly", "@monthly", "@yearly")
_PART = re.compile(r"(?P<all>\*)(?:/(?P<every>[0-9]{1,3}))?|(?P<low>\w+)(?:-(?P<high>\w+))?(?:/(?P<step>[0-9]{1,3}))?")


def cron_flaw(text: str) -> str:
    """What is wrong with a cron expression of five fields or a preset such as @daily; empty if nothing."""
    if text in PRESETS:
        return ""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"a cron expression has five fields (minute hour day month weekday), {text!r} has {len(fields)}"
    for written, (name, low, high, words) in zip(fields, _FIELDS, strict=True):
        if not all(_allowed(part, low, high, words) for part in written.split(",")):
            return f"the {name} {written!r} is not within {low}-{high}"
    return ""


def _allowed(part: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    match = _PART.fullmatch(part)
    if not match:
        return False
    step = match["every"] or match["step"]
    if step is not None and not 1 <= int(step) <= high:
        return False
    if match["all"]:
        return True
    first = _number(match["low"], low, words)
    last = _number(match["high"], low, words) if match["high"] else first
    return first is not None and last is not None and low <= first <= last <= high


def _number(text: str, low: int, words: tuple[str, ...]) -> int | None:
    if text.lower() in words:
        return words.index(text.lower()) + low
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else None
