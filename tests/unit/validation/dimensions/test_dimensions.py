from __future__ import annotations

import importlib
import math
import pkgutil
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

import regrow.validation.dimensions as package
from regrow.validation.dimensions import dimensions, narrowed_by_column
from regrow.validation.measure import AccuracyTask, BatchFacts, Measure, TimelinessTask

ROWS = pl.Series([0, 1, 2, 3], dtype=pl.Int64)
CELLS = pl.DataFrame({"_row": ROWS, "id": ["1", "2", "2", "x"], "name": ["a", None, "c", "d"], "note": [None] * 4})
TYPED = CELLS.with_columns(pl.col("id").cast(pl.Int64, strict=False))


def facts(**more: object) -> BatchFacts:
    base = {"rows": 5, "invalid": 2, "inconsistent": 1, "cells": CELLS, "typed": TYPED, "required": ("id", "name")}
    return BatchFacts(**{**base, "identity": TYPED.select("_row", "id"), **more})  # type: ignore[arg-type]


def measure(name: str, batch: BatchFacts, column: str | None = None) -> Measure:
    found: Measure = dimensions.load(name)(batch, column)
    return found


def test_every_file_of_the_folder_is_registered() -> None:
    files = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert files == set(dimensions.names())
    assert narrowed_by_column <= files
    for name in files:
        assert callable(importlib.import_module(f"{package.__name__}.{name}").measure)


def test_completeness_is_over_the_required_cells() -> None:
    assert measure("completeness", facts()) == Measure(value=7 / 8, numerator=7, denominator=8)


def test_completeness_of_a_column_is_over_its_own_cells() -> None:
    assert measure("completeness", facts(), "name").value == 0.75
    assert measure("completeness", facts(), "nowhere") == Measure(value=0, numerator=0, denominator=4)


def test_without_required_columns_every_column_counts() -> None:
    assert measure("completeness", facts(required=())) == Measure(value=7 / 12, numerator=7, denominator=12)


def test_uniqueness_is_distinct_identities_over_rows() -> None:
    assert measure("uniqueness", facts()) == Measure(value=0.75, numerator=3, denominator=4)


def test_validity_counts_unreadable_rows_too() -> None:
    assert measure("validity", facts()) == Measure(value=0.6, numerator=3, denominator=5)


def test_consistency_is_over_the_readable_rows() -> None:
    assert measure("consistency", facts()) == Measure(value=0.75, numerator=3, denominator=4)


def accuracy(reference: pl.DataFrame, **more: object) -> Measure:
    task = AccuracyTask(reference="people", match=("id",), agree=("name",))
    return measure("accuracy", facts(references={"people": reference}, accuracy=task, **more))


def test_accuracy_is_agreeing_rows_over_rows_that_the_reference_knows() -> None:
    reference = pl.DataFrame({"id": ["1", "2", "9"], "name": ["a", None, "z"]})
    assert accuracy(reference) == Measure(value=2 / 3, numerator=2, denominator=3)


def test_a_row_agrees_where_one_of_several_matches_does() -> None:
    reference = pl.DataFrame({"id": [2.0, 2.0], "name": ["q", "c"]})
    assert accuracy(reference) == Measure(value=0.5, numerator=1, denominator=2)


def test_accuracy_without_a_match_is_unknown() -> None:
    assert not accuracy(pl.DataFrame({"id": ["9"], "name": ["z"]})).known
    assert not accuracy(pl.DataFrame({"id": ["1"], "name": ["a"]}), typed=TYPED.drop("name")).known
    assert not measure("accuracy", facts()).known


def timeliness(column: pl.Series, arrived_at: datetime | None = datetime(2013, 2, 9, 6, tzinfo=UTC)) -> Measure:
    typed = pl.DataFrame([ROWS, column.alias("when")])
    task = TimelinessTask(column="when", max_age_hours=24)
    return measure("timeliness", facts(typed=typed, timeliness=task, arrived_at=arrived_at))


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([datetime(2013, 2, day, hour, tzinfo=UTC) for day, hour in ((8, 6), (8, 5), (9, 1))] + [None]),
        pl.Series([datetime(2013, 2, day, hour) for day, hour in ((8, 6), (8, 5), (9, 1))] + [None]),
        pl.Series(["2013-02-08T06:00:00", "2013-02-08T05:59:59", "2013-02-09T01:00:00", "soon"]),
        pl.Series([date(2013, 2, 9), date(2013, 2, 8), date(2013, 2, 10), None]),
    ],
    ids=["times", "times without zone", "text", "dates"],
)
def test_timeliness_is_rows_inside_of_their_allowed_age(values: Any) -> None:
    assert timeliness(values) == Measure(value=0.5, numerator=2, denominator=4)


def test_timeliness_is_unknown_without_a_time_of_arrival_and_nil_without_times() -> None:
    values = pl.Series([datetime(2013, 2, 8, tzinfo=UTC)] * 4)
    assert not timeliness(values, arrived_at=None).known
    assert timeliness(pl.Series([1, 2, 3, 4])).value == 0


@pytest.mark.parametrize("name", dimensions.names())
def test_a_batch_without_rows_has_no_share(name: Any) -> None:
    empty = facts(rows=0, invalid=0, inconsistent=0, cells=CELLS.clear(), typed=TYPED.clear(), identity=TYPED.clear())
    assert math.isnan(measure(name, empty).value)
