"""What a plain word in YAML means: the core schema of YAML 1.2, where `no` is text and 012 is twelve."""

from __future__ import annotations

import math
import re
from typing import Any

from regrow.spec.marks import unmark

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LONGEST = 40


def resolve(written: str, *, plain: bool) -> tuple[Any, str]:
    """The value, and what is wrong with it, if anything. Quoted and block scalars (not `plain`) are text."""
    text = unmark(written)
    if not plain:
        return text, _wrong_text(text)
    if text in _WORDS:
        return _WORDS[text], ""
    if _NOT_FINITE.fullmatch(text):
        return None, f"{text} is not a finite number"
    if text[0] in "+-.0123456789" and (_INT.fullmatch(text) or _FLOAT.fullmatch(text)):
        return _number(text)
    return text, _wrong_text(text)


def _wrong_text(text: str) -> str:
    found = _UNSAFE.search(text)
    return f"the text holds the control character U+{ord(found.group()):04X}" if found else ""


def _number(text: str) -> tuple[Any, str]:
    if len(text) > _LONGEST:
        return None, f"a number of {len(text)} characters; at most {_LONGEST} are read"
    if not _INT.fullmatch(text):
        value = float(text)
        return (value, "") if math.isfinite(value) else (None, f"{text} is not a finite number")
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    whole = int(text, base)
    if abs(whole) >= 2**63:
        return None, f"{text} does not fit into 64 bits"
    return whole, ""
