from __future__ import annotations

from regrow.validation.breaks import column_breaks, new_columns
from regrow.validation.schema import read_schema

OPEN = {
    "type": "object",
    "required": ["arr_delay", "origin"],
    "properties": {"arr_delay": {}, "origin": {}, "dest": {}},
}
CLOSED = {**OPEN, "additionalProperties": False}


def test_the_expected_columns_in_any_order_are_no_break() -> None:
    assert column_breaks(read_schema(CLOSED), {"f.csv": ("origin", "arr_delay")}) == ()


def test_a_missing_required_column_is_named() -> None:
    assert column_breaks(read_schema(OPEN), {"f.csv": ("origin", "dest")}) == ("f.csv: missing column 'arr_delay'",)


def test_a_renamed_column_is_guessed_and_told_once() -> None:
    found = column_breaks(read_schema(CLOSED), {"f.csv": ("origin", "arr_delays")})
    assert found == ("f.csv: missing column 'arr_delay'; it has 'arr_delays': renamed?",)


def test_a_column_too_many_breaks_a_closed_schema_and_is_news_to_an_open_one() -> None:
    names = {"f.csv": ("origin", "arr_delay", "gate")}
    assert column_breaks(read_schema(CLOSED), names) == (
        "f.csv: column 'gate' is not in the schema, which allows no others",
    )
    assert column_breaks(read_schema(OPEN), names) == ()
    assert new_columns(read_schema(OPEN), names.values()) == ("column 'gate' is new: the schema does not name it",)


def test_each_file_of_a_batch_is_judged() -> None:
    found = column_breaks(read_schema(OPEN), {"a.csv": ("origin", "arr_delay"), "b.csv": ("origin",)})
    assert found == ("b.csv: missing column 'arr_delay'",)
