from __future__ import annotations

import io
import json

import pytest

from regrow.cli.screen import Output, coloured, show_facts, show_rows, table, text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_table_is_as_wide_as_its_longest_cell() -> None:
    assert table([{"a_b": 1, "c": "long"}, {"a_b": 222, "c": ""}]) == "A B  C\n1    long\n222  -"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "-"), ("", "-"), (0.123456, "0.1235"), (7, "7"), ([1, 2], "[1, 2]"), ({"a": 1}, '{"a": 1}')],
)
def test_cells_are_short_and_never_empty(value: object, shown: str) -> None:
    assert text(value) == shown


def test_colour_shows_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert coloured("x", "red", Terminal()) == "\033[31mx\033[0m"
    assert coloured("x", "red", io.StringIO()) == "x"


def test_no_color_is_obeyed_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert coloured("x", "red", Terminal()) == "x"


def test_rows_as_json_carry_the_schema_version(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows("models", [{"a": 1}], Output.JSON, "none")
    assert json.loads(capsys.readouterr().out) == {"schema_version": 1, "models": [{"a": 1}]}


def test_no_rows_are_an_empty_list_for_programs_and_a_hint_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows("models", [], Output.JSON, "none yet")
    show_rows("models", [], Output.TABLE, "none yet")
    told = capsys.readouterr()
    assert json.loads(told.out)["models"] == []
    assert told.err == "none yet\n"


def test_facts_are_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    show_facts({"run_id": "r", "at": None}, Output.TABLE)
    assert capsys.readouterr().out == "run id  r\nat      -\n"
