from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regrow.validation.cells import read_cells
from regrow.validation.records import split


def read(data: bytes) -> tuple[dict[int, tuple[str | None, ...]], dict[int, str]]:
    found = read_cells(split(data))
    return dict(zip(found.positions.tolist(), found.frame.rows(), strict=True)), found.unreadable


def test_plain_rows_are_read_and_empty_cells_are_null() -> None:
    rows, unreadable = read(b'a,b\n1,x\n,\n"",y\r\n 2 ,\xc3\xa9')
    assert rows == {0: ("1", "x"), 1: (None, None), 2: (None, "y"), 3: (" 2 ", "é")}
    assert unreadable == {}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "the line is empty"),
        (b"1", "1 cells where the header has 2"),
        (b"1,2,3", "3 cells where the header has 2"),
        (b'"1,2"', "1 cells where the header has 2"),
        (b'x"1,2,3', "3 cells where the header has 2"),
        (b"1,\x002", "it holds a NUL byte"),
        (b"1,\xff", "it is not valid UTF-8"),
        (b'1,"2', "a quoted cell does not end properly"),
        (b'1,"2"x', "a quoted cell does not end properly"),
    ],
)
def test_a_row_that_cannot_be_read_has_a_reason_and_harms_no_other(line: Any, reason: Any) -> None:
    rows, unreadable = read(b"a,b\n8,9\n" + line + b"\n6,\xc3\xa9\n")
    assert rows == {0: ("8", "9"), 2: ("6", "é")}
    assert unreadable == {1: reason}


def test_a_quote_inside_of_a_plain_cell_is_a_character() -> None:
    rows, unreadable = read(b'a,b\n5" pipe,1\n"x, ""y""",2\n')
    assert rows == {0: ('5" pipe', "1"), 1: ('x, "y"', "2")}
    assert unreadable == {}


def test_a_quoted_cell_may_hold_line_ends_and_commas() -> None:
    rows, _ = read(b'a,b\n"x\ny, z",1\n2,3\n')
    assert rows == {0: ("x\ny, z", "1"), 1: ("2", "3")}


def test_a_return_inside_of_a_row_is_a_character_of_it() -> None:
    rows, unreadable = read(b"a,b\n1\r2,3\n4,5\n")
    assert set(rows) | set(unreadable) == {0, 1}
    assert rows[1] == ("4", "5")


def test_a_file_without_rows_has_columns_still() -> None:
    found = read_cells(split(b"a,b\n"))
    assert found.frame.shape == (0, 2)


def test_one_column_is_a_table_too() -> None:
    assert read(b'a\n1\n\n""\n2')[0] == {0: ("1",), 2: (None,), 3: ("2",)}


CELL = st.text(alphabet=st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=15))
def test_what_pythons_writer_writes_is_read_back(rows: Any) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_MINIMAL).writerows([("a", "b", "c"), *rows])
    found, unreadable = read(text.getvalue().encode())
    assert unreadable == {}
    assert list(found.values()) == [tuple(cell or None for cell in row) for row in rows]


@given(st.lists(st.sampled_from([b"a", b",", b'"', b"\n", b"\r\n", b"\r", b"\0", b"\xff", b"1"]), max_size=60))
def test_every_record_is_either_read_or_has_a_reason(parts: Any) -> None:
    records = split(b"a,b\n" + b"".join(parts))
    found = read_cells(records)
    assert sorted([*found.positions.tolist(), *found.unreadable]) == list(range(len(records)))
    assert found.frame.height == len(found.positions)
