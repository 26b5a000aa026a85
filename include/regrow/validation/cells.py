"""Records read into cells, all of them text, by polars; the few that are oddly shaped one by one or not at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from regrow.validation.records import Records, cells_of

Mask = NDArray[np.bool_]

_COMMA, _QUOTE, _NUL = 44, 34, 0


@dataclass(frozen=True)
class Cells:
    frame: pl.DataFrame
    """Columns `0`, `1`, ...: text, null where a cell is empty; one row per record that could be read."""
    positions: NDArray[np.int64]
    """Which record each of those rows is."""
    unreadable: dict[int, str]
    """Record to the reason why it could not be read."""


def read_cells(records: Records) -> Cells:
    width = len(records.names)
    plain, reasons = _shapes(records, width)
    frame = _parse(records, plain, width)
    positions = np.flatnonzero(plain)
    if frame is None:
        frame, odd, positions = _empty(width), np.ones(len(records), dtype=bool), np.zeros(0, dtype=np.int64)
    else:
        odd = ~plain
    extra: dict[int, list[str]] = {}
    for record in np.flatnonzero(odd).tolist():
        if record not in reasons:
            cells = cells_of(_body(records, record))
            if cells is None:
                reasons[record] = "a quoted cell does not end properly"
            elif len(cells) != width:
                reasons[record] = _wrong_width(len(cells), width)
            else:
                extra[record] = cells
    frame, positions = _merge(frame, positions, extra)
    return Cells(frame, positions, reasons)


def _shapes(records: Records, width: int) -> tuple[Mask, dict[int, str]]:
    """Which records polars reads for certain, and what is wrong with those that nothing can read."""
    reasons: dict[int, str] = {}
    for mask, reason in (
        (records.bodies == records.starts, "the line is empty"),
        (_holding_nul(records), "it holds a NUL byte"),
        (_badly_encoded(records), "it is not valid UTF-8"),
    ):
        for record in np.flatnonzero(mask).tolist():
            reasons.setdefault(record, reason)
    plain = np.ones(len(records), dtype=bool)
    plain[list(reasons)] = False
    outside, oddly_quoted = _commas(records)
    plain &= ~oddly_quoted
    for record in np.flatnonzero(plain & (outside + 1 != width)).tolist():
        reasons[record] = _wrong_width(int(outside[record]) + 1, width)
        plain[record] = False
    return plain, reasons


def _wrong_width(found: int, width: int) -> str:
    return f"{found} cells where the header has {width}"


def _per_record(records: Records, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of the byte positions lie in each record."""
    found = np.searchsorted(positions, records.ends) - np.searchsorted(positions, records.starts)
    return found.astype(np.int64)


def _holding_nul(records: Records) -> Mask:
    if b"\0" not in records.data:
        return np.zeros(len(records), dtype=bool)
    view = np.frombuffer(records.data, dtype=np.uint8)
    return _per_record(records, np.flatnonzero(view == _NUL)) > 0


def _badly_encoded(records: Records) -> Mask:
    bad = np.zeros(len(records), dtype=bool)
    if records.data.isascii() or _is_text(records.data):
        return bad
    view = np.frombuffer(records.data, dtype=np.uint8)
    for record in np.flatnonzero(_per_record(records, np.flatnonzero(view > 127))).tolist():
        bad[record] = not _is_text(_body(records, record))
    return bad


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _commas(records: Records) -> tuple[NDArray[np.int64], Mask]:
    """Commas outside of quotes in each record, and the records whose quotes do not stand at the borders of cells."""
    view = np.frombuffer(records.data, dtype=np.uint8)
    commas = np.flatnonzero(view == _COMMA)
    odd = np.zeros(len(records), dtype=bool)
    quotes = np.flatnonzero(view == _QUOTE) if b'"' in records.data else commas[:0]
    quotes = quotes[quotes >= len(records.header)]
    if not len(quotes) or not len(records):
        return _per_record(records, commas), odd
    owner = np.searchsorted(records.ends, quotes, side="right")
    before = np.searchsorted(quotes, records.starts)
    opening = (np.arange(len(quotes)) - before[owner]) % 2 == 0
    odd[owner[~_at_border(records, view, quotes, owner, opening)]] = True
    odd |= _per_record(records, quotes) % 2 == 1
    commas = commas[commas >= len(records.header)]
    parity = np.searchsorted(quotes, commas) - before[np.searchsorted(records.ends, commas, side="right")]
    return _per_record(records, commas[parity % 2 == 0]), odd


def _at_border(
    records: Records,
    view: NDArray[np.uint8],
    quotes: NDArray[np.int64],
    owner: NDArray[np.int64],
    opening: Mask,
) -> Mask:
    """An opening quote follows a comma, a record's start or a closing quote; a closing one comes before their like."""
    left, right = view[np.maximum(quotes - 1, 0)], view[np.minimum(quotes + 1, len(view) - 1)]
    first, last = quotes == records.starts[owner], quotes == records.bodies[owner] - 1
    opens = first | (left == _COMMA) | (left == _QUOTE)
    closes = last | (right == _COMMA) | (right == _QUOTE)
    result: Mask = np.where(opening, opens, closes)
    return result


def _body(records: Records, record: int) -> bytes:
    return records.data[records.starts[record] : records.bodies[record]]


def _parse(records: Records, plain: Mask, width: int) -> pl.DataFrame | None:
    """The plain records by polars; None where it sees other rows than we do (then each is read by itself)."""
    count = int(plain.sum())
    if not count:
        return _empty(width)
    schema = {str(column): pl.String() for column in range(width)}
    try:
        frame = pl.read_csv(_joined(records, plain), has_header=False, schema=schema)
    except pl.exceptions.PolarsError:
        return None
    if frame.height != count:
        return None
    return frame.with_columns(pl.all().replace("", None)) if b'"' in records.data else frame


def _joined(records: Records, plain: Mask) -> bytes:
    """The plain records' bytes, in as few slices as they have runs."""
    if plain.all():
        return records.data[len(records.header) :]
    edges = np.flatnonzero(np.diff(np.concatenate(([False], plain, [False])).astype(np.int8)))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return b"".join(records.data[records.starts[first] : records.ends[last - 1]] for first, last in runs)


def _empty(width: int) -> pl.DataFrame:
    return pl.DataFrame(schema={str(column): pl.String() for column in range(width)})


def _merge(
    frame: pl.DataFrame, positions: NDArray[np.int64], extra: dict[int, list[str]]
) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    if not extra:
        return frame, positions
    more = pl.DataFrame([[cell or None for cell in row] for row in extra.values()], schema=frame.schema, orient="row")
    where = np.concatenate([positions, np.fromiter(extra, dtype=np.int64)])
    order = np.argsort(where, kind="stable")
    return pl.concat([frame, more])[order.tolist()], where[order]
