"""What is known about a flight one hour before its scheduled hour begins, and whether it arrived late.

Every feature is honest about that moment, `known_at`: the schedule is public, the weather is an hour older still, and
the airport's state counts only what could be seen by then. A flight that has not left by `known_at` counts with the
delay that it has gathered so far; nobody knows yet whether it will leave ten minutes later or be cancelled.
"""

from datetime import timedelta

import polars as pl

LATE_AFTER_MINUTES = 15
WEATHER = ["temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib"]
SCHEDULE = ["carrier", "origin", "dest", "hour", "minute", "weekday", "distance", "scheduled_minutes"]
STATE = ["delay_2h", "delay_3h", "waiting_2h", "waiting_3h"]


def build(rows: pl.DataFrame, references: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """One row for each flight of a day, in the order of `rows`; `late` is empty where a flight never arrived."""
    flights = with_times(rows)
    flights = with_airport_state(with_weather(flights, references["weather"]))
    late = pl.col("arr_delay").gt(LATE_AFTER_MINUTES).alias("late")
    return flights.select("flight_id", "scheduled_at", *SCHEDULE, *WEATHER, *STATE, late)


def with_times(rows: pl.DataFrame) -> pl.DataFrame:
    clock_minutes = [pl.col(name) // 100 * 60 + pl.col(name) % 100 for name in ("sched_dep_time", "sched_arr_time")]
    departure = pl.col("sched_dep_time").cast(pl.String).str.zfill(4)
    return rows.with_columns(as_hour(rows)).with_columns(
        flight_id=pl.format("{} {}{} {} {}", pl.date("year", "month", "day"), "carrier", "flight", "origin", departure),
        scheduled_at=pl.col("time_hour") + pl.duration(minutes="minute"),
        weekday=pl.date("year", "month", "day").dt.weekday(),
        # Local clocks at both ends: the time zones cancel out within a destination.
        scheduled_minutes=(clock_minutes[1] - clock_minutes[0]) % (24 * 60),
    )


def with_weather(flights: pl.DataFrame, weather: pl.DataFrame) -> pl.DataFrame:
    """The weather at the origin two hours before the scheduled hour; empty where the station was silent."""
    seen = weather.select("origin", as_hour(weather) + timedelta(hours=2), pl.col(WEATHER).cast(pl.Float64))
    return flights.join(
        seen.unique(["origin", "time_hour"]), on=["origin", "time_hour"], how="left", maintain_order="left"
    )


def with_airport_state(flights: pl.DataFrame) -> pl.DataFrame:
    """How the flights due two and three hours earlier at the same origin stood, one hour before this one's hour."""
    for hours in (2, 3):
        flights = flights.join(standing(flights, hours), on=["origin", "time_hour"], how="left", maintain_order="left")
    return flights


def standing(flights: pl.DataFrame, hours: int) -> pl.DataFrame:
    """For each origin and hour, of the flights due `hours` before: mean delay so far (minutes), share waiting."""
    known_at = pl.col("time_hour") + timedelta(hours=hours - 1)
    left_at = pl.col("scheduled_at") + pl.duration(minutes="dep_delay")
    has_left = (left_at <= known_at).fill_null(False)
    delay_so_far = pl.when(has_left).then("dep_delay").otherwise((known_at - pl.col("scheduled_at")).dt.total_minutes())
    return flights.group_by("origin", pl.col("time_hour") + timedelta(hours=hours)).agg(
        delay_so_far.cast(pl.Float64).mean().alias(f"delay_{hours}h"),
        has_left.not_().mean().alias(f"waiting_{hours}h"),
    )


def as_hour(frame: pl.DataFrame) -> pl.Expr:
    """`time_hour` as a time in UTC, whether it came as text or as a time."""
    column = pl.col("time_hour")
    if frame.schema["time_hour"] == pl.String:
        return column.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
    return column.cast(pl.Datetime("us", "UTC"))
