from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from regrow.evaluation.rows import obstacle, read_rows, recoded
from regrow.training.table import FeatureColumn, TableSpec


def spec(*features: tuple[str, tuple[str, ...] | None], classes: tuple[str, ...] = ("no", "yes")) -> TableSpec:
    columns = tuple(
        FeatureColumn(name=name, kind="numeric" if cats is None else "categorical", categories=cats or ())
        for name, cats in features
    )
    return TableSpec(features=columns, label="late", classes=classes)


OURS = spec(("delay", None), ("carrier", ("AA", "B6", "UA")))


def split(folder: Path, table: TableSpec = OURS) -> Path:
    columns = {
        "carrier": [0.0, 1.0, 2.0, None],
        "delay": [1.5, None, 3.0, 4.0],
        "__label__": [0, 1, 1, 0],
        "__time__": ["2013-01-01", "2013-01-02", "2013-01-03", "2013-01-04"],
    }
    pl.DataFrame(columns).write_parquet(folder / "test.parquet")
    (folder / "table.json").write_bytes(table.canonical())
    return folder


def test_rows_come_in_the_tables_order_with_nan_for_missing(tmp_path: Path) -> None:
    rows = read_rows(split(tmp_path))
    expected = [[1.5, 0.0], [np.nan, 1.0], [3.0, 2.0], [4.0, np.nan]]
    assert np.array_equal(rows.matrix, expected, equal_nan=True)
    assert rows.class_rows == {"no": 2, "yes": 2}
    assert (rows.first_time, rows.last_time) == ("2013-01-01", "2013-01-04")


def test_another_order_and_other_codes_mean_the_same_rows(tmp_path: Path) -> None:
    theirs = spec(("carrier", ("UA", "AA", "WN")), ("delay", None))
    found = recoded(read_rows(split(tmp_path)), theirs)
    expected = [[1.0, 1.5], [np.nan, np.nan], [0.0, 3.0], [np.nan, 4.0]]
    assert np.array_equal(found, expected, equal_nan=True)


def test_the_same_table_means_the_same_matrix(tmp_path: Path) -> None:
    rows = read_rows(split(tmp_path))
    assert np.array_equal(recoded(rows, OURS), rows.matrix, equal_nan=True)


@pytest.mark.parametrize(
    ("theirs", "words"),
    [
        pytest.param(OURS, "", id="same"),
        pytest.param(spec(("carrier", ("X",))), "", id="fewer"),
        pytest.param(spec(("gust", None)), "its feature gust is no longer made", id="one missing"),
        pytest.param(spec(("gust", None), ("rain", None)), "its features gust, rain are no longer made", id="two"),
        pytest.param(spec(("carrier", None)), "carrier is of another kind now", id="kind"),
        pytest.param(
            spec(("delay", None), classes=("a", "b")),
            "it predicts the classes a, b, the rows have no, yes",
            id="classes",
        ),
    ],
)
def test_what_stands_in_the_way_is_said_in_words(theirs: TableSpec, words: str) -> None:
    assert obstacle(OURS, theirs) == words
