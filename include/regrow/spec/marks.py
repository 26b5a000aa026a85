"""Lets people write `accuracy: > 0.95`, where YAML would see the start of a folded text.

The sign is replaced by a character of the same width that no pipeline may contain, so that every line and column
stays right, and put back in every scalar. Where the sign stood inside of a quoted or block text, nothing changes.
"""

from __future__ import annotations

import re

MARK = "\ue000"

# A value's start: after `key: `, `- `, `[`, `{` or `,`.
_SIGN = re.compile(r"(?:(?:^|\s)-[ \t]+|:[ \t]+|[\[{,][ \t]*)>", re.MULTILINE)
_HEADER = re.compile(r">(?P<indent>[-+]?[1-9]?[-+]?)[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_INDENT = re.compile(r" *")
_NEXT_WORDS = re.compile(r"\n(?:[ \t]*\r?\n)*( *)[^\s]")


def mark(text: str) -> str:
    """The text with every sign of a bare comparison replaced."""
    return _SIGN.sub(lambda found: _marked(text, found), text) if ">" in text else text


def unmark(text: str) -> str:
    return text.replace(MARK, ">")


def _marked(text: str, found: re.Match[str]) -> str:
    sign = found.end() - 1
    header = _HEADER.match(text, sign)
    if header and (not header["indent"].isdigit() or _folds(text, sign)):
        return found.group()
    return found.group()[:-1] + MARK


def _folds(text: str, sign: int) -> bool:
    """True where `>2` announces a folded text: the next line with words is indented deeper than this one."""
    here = _INDENT.match(text, text.rfind("\n", 0, sign) + 1)
    end = text.find("\n", sign)
    following = _NEXT_WORDS.match(text, end) if end >= 0 else None
    return here is not None and following is not None and len(following[1]) > len(here[0])
