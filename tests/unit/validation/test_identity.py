from __future__ import annotations

import polars as pl

from regrow.validation.identity import distinct, identities, mark_duplicates
from regrow.validation.reasons import Reasons


def frames(ids: list[str | None], names: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    cells = pl.DataFrame({"_row": range(len(ids)), "id": ids, "name": names}).with_columns(
        pl.col("_row").cast(pl.Int64)
    )
    return cells, cells.with_columns(pl.col("id").cast(pl.Float64, strict=False))


def duplicates(
    cells: pl.DataFrame, typed: pl.DataFrame, key: list[str], refused: list[int] | None = None
) -> dict[int, list[str]]:
    reasons = Reasons()
    mark_duplicates(identities(cells, typed, key), pl.Series(refused or [], dtype=pl.Int64), reasons)
    return dict(reasons.table().iter_rows())


def test_the_first_row_of_a_key_stays_and_later_ones_name_it() -> None:
    cells, typed = frames(["1", "2", "1", "1.0", "2"], ["a", "b", "c", "d", "e"])
    assert duplicates(cells, typed, ["id"]) == {
        2: ["duplicate of row 0"],
        3: ["duplicate of row 0"],
        4: ["duplicate of row 1"],
    }


def test_without_a_key_whole_rows_are_compared() -> None:
    cells, typed = frames(["1", "1", "1"], ["a", "b", "a"])
    assert duplicates(cells, typed, []) == {2: ["duplicate of row 0"]}


def test_a_refused_row_makes_no_other_a_duplicate() -> None:
    cells, typed = frames(["1", "1", "1"], ["a", "b", "c"])
    assert duplicates(cells, typed, ["id"], refused=[0]) == {2: ["duplicate of row 1"]}


def test_unreadable_values_differ_and_empty_ones_are_the_same() -> None:
    cells, typed = frames(["x", "y", None, None], ["a", "a", "a", "a"])
    assert distinct(identities(cells, typed, ["id"])) == 3


def test_a_key_that_is_not_there_makes_no_row_a_duplicate() -> None:
    cells, typed = frames(["1", "1"], ["a", "a"])
    assert duplicates(cells, typed, ["nowhere"]) == {}
    assert distinct(identities(cells, typed, ["nowhere"])) == 2
