"""The example's feature module: what it may know, and that it knows nothing else."""

import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from regrow.training.user_module import call_user_function

MODULE = Path(__file__).parents[3] / "dags" / "pipelines" / "features" / "flights_delay.py"


def flight(hour: int, minute: int = 0, delay: int | None = 0, number: int = 1, **changed: Any) -> dict[str, Any]:
    departs = datetime(2013, 3, 5, hour) + timedelta(hours=5)
    known = {"month": 3, "day": 5, "carrier": "UA", "dest": "SFO", "distance": 2565, "sched_arr_time": 2359}
    return {
        "year": 2013,
        **known,
        "flight": number,
        "origin": "EWR",
        "hour": hour,
        "minute": minute,
        "sched_dep_time": hour * 100 + minute,
        "dep_delay": delay,
        "arr_delay": delay,
        "time_hour": departs.strftime("%Y-%m-%dT%H:00:00Z"),
    } | changed


def weather(*hours: int) -> pl.DataFrame:
    seen = [datetime(2013, 3, 5, hour) + timedelta(hours=5) for hour in hours]
    columns = ("temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib")
    readings = {name: [float(hour) for hour in hours] for name in columns}
    times = [moment.strftime("%Y-%m-%dT%H:00:00Z") for moment in seen]
    return pl.DataFrame({"origin": ["EWR"] * len(hours), "time_hour": times, **readings})


def build(*flights: dict[str, Any], hours: tuple[int, ...] = (5, 6, 7, 8, 9, 10)) -> list[dict[str, Any]]:
    rows = pl.DataFrame(list(flights), infer_schema_length=None)
    return call_user_function(MODULE, "build", rows, {"weather": weather(*hours)}).to_dicts()


def test_weather_is_that_of_two_hours_before() -> None:
    (row,) = build(flight(10, 45))
    assert (row["temp"], row["visib"]) == (8.0, 8.0)


def test_a_silent_station_leaves_the_weather_empty() -> None:
    assert build(flight(10), hours=(9, 10))[0]["temp"] is None


def test_a_flight_that_left_counts_with_its_delay() -> None:
    row = build(flight(8, delay=12), flight(7, delay=30, number=2), flight(10, number=3))[-1]
    assert (row["delay_2h"], row["waiting_2h"]) == (12.0, 0.0)
    assert (row["delay_3h"], row["waiting_3h"]) == (30.0, 0.0)


@pytest.mark.parametrize("later", [41, 300, None])
def test_of_a_flight_that_has_not_left_only_the_wait_so_far_is_known(later: int | None) -> None:
    """Due 8:20, looked at from 9:00: whether it leaves at 9:01, hours later or never, nobody knows yet."""
    row = build(flight(8, 20, delay=later), flight(10, number=2))[-1]
    assert (row["delay_2h"], row["waiting_2h"]) == (40.0, 1.0)


def test_only_the_same_airport_counts_and_the_first_flights_know_nothing() -> None:
    rows = build(flight(8, delay=50, origin="LGA"), flight(10, number=2))
    assert [(row["delay_2h"], row["waiting_3h"]) for row in rows] == [(None, None), (None, None)]


def test_nothing_that_happens_after_the_moment_of_knowing_changes_a_feature() -> None:
    calm = [flight(hour, minute, 0, number=hour * 60 + minute) for hour in range(6, 20) for minute in (0, 20, 40)]
    wild = [row | ({"dep_delay": 99, "arr_delay": None} if row["hour"] >= 9 else {}) for row in calm]
    for before, after in zip(build(*calm), build(*wild), strict=True):
        if before["hour"] <= 10:
            assert before | {"late": None} == after | {"late": None}


@pytest.mark.parametrize(("minutes", "late"), [(15, False), (16, True), (None, None)])
def test_late_is_more_than_fifteen_minutes(minutes: int | None, late: bool | None) -> None:
    assert build(flight(10, arr_delay=minutes))[0]["late"] is late


def test_a_row_is_named_and_timed_by_its_schedule() -> None:
    (row,) = build(flight(9, 5, number=77, sched_arr_time=1210))
    assert row["flight_id"] == "2013-03-05 UA77 EWR 0905"
    assert row["scheduled_at"].isoformat() == "2013-03-05T14:05:00+00:00"
    assert (row["scheduled_minutes"], row["weekday"]) == (185, 2)


def test_times_may_come_typed() -> None:
    rows = pl.DataFrame([flight(10)]).with_columns(pl.col("time_hour").str.to_datetime(time_zone="UTC", time_unit="ms"))
    made = call_user_function(MODULE, "build", rows, {"weather": weather(8)})
    assert made["temp"].to_list() == [8.0]


def test_a_day_of_a_thousand_flights_is_quick() -> None:
    rows = pl.DataFrame([flight(6 + n % 17, n % 60, n % 90, number=n) for n in range(1000)], infer_schema_length=None)
    took = []
    for _ in range(5):
        began = time.perf_counter()
        call_user_function(MODULE, "build", rows, {"weather": weather(*range(4, 19))})
        took.append(time.perf_counter() - began)
    assert min(took) < 0.2


def test_a_day_keeps_its_rows_in_order() -> None:
    rows = [flight(6 + n % 5, n % 60, n % 90, number=n) for n in range(50)]
    assert [row["flight_id"].split()[1] for row in build(*rows)] == [f"UA{n}" for n in range(50)]
    assert {row["flight_id"][:10] for row in build(*rows)} == {date(2013, 3, 5).isoformat()}
