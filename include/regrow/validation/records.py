"""A CSV file's bytes cut into records, with every byte kept.

A record ends at a line feed outside of quotes; its line end belongs to it. Header and records joined are the file.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int64]

LONGEST = 1000
"""Lines that one quoted record may span. A quote that closes later than that was never meant to open."""
_FEED, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True)
class Records:
    data: bytes
    header: bytes
    """Everything before the first record: the header's line, with blank lines and a byte order mark before it."""
    names: tuple[str, ...]
    """The header's cells; invalid UTF-8 shows as replacement characters."""
    starts: Offsets
    ends: Offsets
    """One past each record's last byte, line end included."""
    bodies: Offsets
    """One past each record's last byte before its line end."""

    def __len__(self) -> int:
        return len(self.starts)

    def raw(self) -> list[bytes]:
        data = self.data
        return [data[start:end] for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]


def split(data: bytes) -> Records:
    """Never fails: what is no CSV ends up in records that cannot be read into cells."""
    ends = _line_ends(data)
    ends, names = _cut_header(data, ends)
    header_end = int(ends[0]) if len(ends) else 0
    if b'"' in data:
        ends = _join_quoted(data, ends, len(names))
    starts, ends = ends[:-1], ends[1:]
    return Records(data, data[:header_end], names, starts, ends, _bodies(data, starts, ends))


def _line_ends(data: bytes) -> Offsets:
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _FEED) + 1
    if len(data) and (not len(ends) or ends[-1] != len(data)):
        ends = np.append(ends, len(data))
    result: Offsets = ends.astype(np.int64)
    return result


def _cut_header(data: bytes, ends: Offsets) -> tuple[Offsets, tuple[str, ...]]:
    """Line ends from the header's own on, and the header's cells. A file of blank lines is all header."""
    start, first = 0, None
    for position, end in enumerate(ends[:LONGEST].tolist()):
        text = data[start:end].removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
        if not text.strip():
            start = end
            continue
        first = (position, text) if first is None else first
        if text.count(b'"') % 2 == 0:
            return ends[position:], _header_cells(text)
    if first is None:
        return ends[-1:], ()
    return ends[first[0] :], _header_cells(first[1])


def _header_cells(text: bytes) -> tuple[str, ...]:
    cells = cells_of(text)
    return tuple(cells) if cells is not None else tuple(text.decode(errors="replace").split(","))


def cells_of(body: bytes) -> list[str] | None:
    """One record's cells by Python's own reader; None where its quotes do not close. Replaces invalid UTF-8."""
    try:
        rows = list(csv.reader([body.decode(errors="replace")], strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _join_quoted(data: bytes, ends: Offsets, width: int) -> Offsets:
    """Take out the line ends that lie within quoted cells.

    Lines with an odd number of quotes open or close a cell. An opening line is joined to its closing line only where
    the two make one record of the header's width; otherwise it stands alone, so that one stray quote spoils one row.
    """
    quotes = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _QUOTE)
    counts = np.diff(np.searchsorted(quotes, ends))
    odd = (np.flatnonzero(counts % 2) + 1).tolist()
    keep = np.ones(len(ends), dtype=bool)
    position = 0
    while position + 1 < len(odd):
        first, last = odd[position], odd[position + 1]
        body = data[ends[first - 1] : ends[last]] if last - first < LONGEST else b""
        joined = body and len(cells_of(body.rstrip(b"\r\n")) or ()) == width
        if joined:
            keep[first:last] = False
        position += 2 if joined else 1
    return ends[keep]


def _bodies(data: bytes, starts: Offsets, ends: Offsets) -> Offsets:
    if not len(starts):
        return ends
    view = np.frombuffer(data, dtype=np.uint8)
    bodies = ends - (view[ends - 1] == _FEED)
    returns = (bodies > starts) & (view[np.maximum(bodies - 1, 0)] == _RETURN)
    result: Offsets = bodies - returns
    return result
