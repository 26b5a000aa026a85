"""Lets people write `accuracy: > 0.95`, where YAML would see the start of a folded text.

The sign is replaced by a character of the same width that no pipeline may contain, so that every line and column
stays right, and put back in every scalar. Where the sign stood inside of a quoted or block text, nothing changes.
"""

from __future__ import annotations

import re

MARK = "\ue000"

# A value's start (after `key: `, `- `, `[`, `{` or `,`), the sign, and a number or the rest of `>=`.
_SIGN = re.compile(r"(?P<before>(?:^|[\s\"'])-[ \t]+|:[ \t]+|[\[{,][ \t]*)>(?==?[ \t]*[0-9.])", re.MULTILINE)
_HEADER = re.compile(r">[1-9][-+]?[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")


def mark(text: str) -> str:
    """The text with every sign of a bare comparison replaced."""
    return _SIGN.sub(lambda found: _marked(text, found), text) if ">" in text else text


def unmark(text: str) -> str:
    return text.replace(MARK, ">")


def _marked(text: str, found: re.Match[str]) -> str:
    sign = found.end() - 1
    if _HEADER.match(text, sign) and _folds(text, sign):
        return found.group()
    return found.group()[:-1] + MARK


def _folds(text: str, sign: int) -> bool:
    """True where `>2` announces a folded text: the next line with words is indented deeper than this one."""
    start = text.rfind("\n", 0, sign) + 1
    here = text[start:sign]
    following = next((line for line in text[sign:].split("\n")[1:] if line.strip()), "")
    return _indent(following) > _indent(here)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
