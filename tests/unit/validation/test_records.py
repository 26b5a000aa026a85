from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regrow.validation.records import LONGEST, split


def bodies(data: bytes) -> list[bytes]:
    records = split(data)
    return [data[start:end] for start, end in zip(records.starts, records.bodies, strict=True)]


@pytest.mark.parametrize(
    ("data", "header", "rows"),
    [
        pytest.param(b"", b"", [], id="empty"),
        pytest.param(b"a,b", b"a,b", [], id="header without line end"),
        pytest.param(b"a,b\n", b"a,b\n", [], id="header only"),
        pytest.param(b"a,b\n1,2\n3,4\n", b"a,b\n", [b"1,2\n", b"3,4\n"], id="plain"),
        pytest.param(b"a,b\n1,2\n3,4", b"a,b\n", [b"1,2\n", b"3,4"], id="no last line end"),
        pytest.param(b"a,b\r\n1,2\n3,4\r\n", b"a,b\r\n", [b"1,2\n", b"3,4\r\n"], id="mixed line ends"),
        pytest.param(b"\xef\xbb\xbfa,b\n1,2\n", b"\xef\xbb\xbfa,b\n", [b"1,2\n"], id="byte order mark"),
        pytest.param(b"\n\r\na,b\n1,2\n", b"\n\r\na,b\n", [b"1,2\n"], id="blank lines before the header"),
        pytest.param(b"a,b\n\n1,2\n\n", b"a,b\n", [b"\n", b"1,2\n", b"\n"], id="blank lines are records"),
        pytest.param(b'a,b\n1,"x\ny"\n3,4\n', b"a,b\n", [b'1,"x\ny"\n', b"3,4\n"], id="quoted line end"),
        pytest.param(b'a,b\n1,"x ""\n\n"" y"\n3,4\n', b"a,b\n", [b'1,"x ""\n\n"" y"\n', b"3,4\n"], id="doubled quotes"),
        pytest.param(b'"a\nx",b\n1,2\n', b'"a\nx",b\n', [b"1,2\n"], id="quoted line end in the header"),
        pytest.param(b'a,b\n1,"x\n3,4\n5,6\n', b"a,b\n", [b'1,"x\n', b"3,4\n", b"5,6\n"], id="never closed"),
        pytest.param(
            b'a,b\n1,"x\n3,4\n5,"y\n', b"a,b\n", [b'1,"x\n', b"3,4\n", b'5,"y\n'], id="two strays make no record"
        ),
        pytest.param(b"\xff\xfe\x00,\n\x00\n", b"\xff\xfe\x00,\n", [b"\x00\n"], id="no text at all"),
    ],
)
def test_a_file_is_cut_at_line_ends_outside_of_quotes(data: Any, header: Any, rows: Any) -> None:
    records = split(data)
    assert records.header == header
    assert records.raw() == rows


def test_the_header_is_named_without_its_mark_and_quotes() -> None:
    assert split(b'\xef\xbb\xbf"a",b c,"d,""e"""\r\n').names == ("a", "b c", 'd,"e"')


def test_bodies_have_no_line_ends() -> None:
    assert bodies(b"a\n1\r\n2\n3\r") == [b"1", b"2", b"3"]


def test_a_quote_that_closes_too_late_spoils_one_row_only() -> None:
    data = b'a,b\n1,"x\n' + b"2,3\n" * LONGEST + b'4,y"\n'
    assert len(split(data)) == LONGEST + 2


def test_a_file_of_blank_lines_has_no_columns_and_no_row() -> None:
    records = split(b"\n\n\n")
    assert records.names == ()
    assert records.header == b"\n\n\n"


def test_a_header_whose_quote_never_closes_is_one_line() -> None:
    records = split(b'"a,b\n1,2\n')
    assert records.header == b'"a,b\n'
    assert records.names == ('"a', "b")
    assert records.raw() == [b"1,2\n"]


TEXT = st.lists(st.sampled_from([b"a", b",", b'"', b"\n", b"\r\n", b"\r", b"\0", b"\xff", b" ", b"1"]), max_size=60)


@given(TEXT)
def test_header_and_records_joined_are_the_file(parts: Any) -> None:
    data = b"".join(parts)
    records = split(data)
    assert records.header + b"".join(records.raw()) == data


@given(st.lists(st.lists(st.text(alphabet='ab,"\n ', max_size=5), min_size=2, max_size=2), max_size=20))
def test_whatever_a_csv_writer_writes_is_cut_into_its_rows(rows: Any) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    lines = [",".join(map(quoted, row)) + "\r\n" for row in rows]
    records = split(("a,b\r\n" + "".join(lines)).encode())
    assert [raw.decode() for raw in records.raw()] == lines
