import polars as pl
import pytest

from regrow.errors import RegrowError
from regrow.training.stack import stack

ONE = pl.DataFrame({"x": [1], "word": ["a"]})


def test_rows_follow_each_other_in_the_first_ones_columns() -> None:
    assert stack([("p0", ONE), ("p1", pl.DataFrame({"word": ["b"], "x": [0.5]}))]).rows() == [(1.0, "a"), (0.5, "b")]


def test_a_column_that_is_empty_in_one_partition_is_fine() -> None:
    empty = pl.DataFrame({"x": [None], "word": ["c"]})
    assert stack([("p0", empty), ("p1", ONE)])["x"].to_list() == [None, 1]


def test_columns_that_are_not_everywhere_are_named() -> None:
    with pytest.raises(RegrowError, match="the partitions p0 and p1 differ in the columns word"):
        stack([("p0", ONE), ("p1", ONE.drop("word"))])


def test_a_number_that_is_text_elsewhere_is_named() -> None:
    with pytest.raises(RegrowError, match="the column 'x' is a number in p0, text in p2; make it the same"):
        stack([("p0", ONE), ("p1", ONE), ("p2", ONE.with_columns(x=pl.lit("many")))])
