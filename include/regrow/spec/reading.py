"""The first look at a pipeline's file: bytes to text, within limits that keep every later step quick."""

from __future__ import annotations

import re
from pathlib import Path

from regrow.errors import NotFound
from regrow.spec.tree import Flaw, Place

SIZE = 256 * 1024
LINES = 5000
LINE = 10_000

_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000\ufeff\ufffe\uffff]|\r(?!\n)")
_START = Place(1, 1)


def read_bytes(path: Path) -> bytes:
    """At most one byte more than allowed. NotFound without a file; OSError where it cannot be read."""
    if not path.exists():
        raise NotFound("pipeline file", str(path))
    if not path.is_file():
        raise IsADirectoryError(f"{path} is not a file")
    with path.open("rb") as file:
        return file.read(SIZE + 1)


def unreadable(error: OSError) -> Flaw:
    return Flaw((), _START, f"cannot be read: {error.strerror or error}")


def decode(raw: bytes) -> tuple[str, Flaw | None]:
    """The text without a byte order mark, or what is wrong with it."""
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", errors="replace")
        message = f"not UTF-8: byte 0x{raw[error.start]:02x} at offset {error.start}"
        return before, Flaw((), _place(before, len(before)), message)


def limits(text: str) -> Flaw | None:
    """The first limit that the text exceeds, or None."""
    if len(text) > SIZE or len(text.encode("utf-8", "replace")) > SIZE:
        return Flaw((), _START, f"larger than {SIZE // 1024} KiB")
    lines = text.split("\n")
    if len(lines) > LINES:
        return Flaw((), Place(LINES, 1), f"{len(lines)} lines; at most {LINES} are read")
    for number, line in enumerate(lines, 1):
        if len(line) > LINE:
            return Flaw((), Place(number, 1), f"a line of {len(line)} characters; at most {LINE} are read")
    found = _REFUSED.search(text)
    if found:
        message = f"the character U+{ord(found.group()):04X} is not allowed"
        return Flaw((), _place(text, found.start()), message)
    return None


def _place(text: str, offset: int) -> Place:
    before = text[:offset]
    return Place(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)
