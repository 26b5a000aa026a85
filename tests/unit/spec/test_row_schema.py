import json
from pathlib import Path
from typing import Any

import pytest

from regrow.spec.row_schema import SIZE, RowSchemaError, closed, columns, load_row_schema, parse_row_schema, target_of

FILE = Path(__file__).parents[2] / "pipelines" / "valid" / "iris-schema.json"


def test_the_sample_names_its_columns_and_its_target() -> None:
    schema = load_row_schema(FILE)
    assert columns(schema) == ("sepal_length", "sepal_width", "petal_length", "petal_width", "species")
    assert target_of(schema) == "species"
    assert closed(schema)


def test_a_schema_may_have_no_target() -> None:
    assert target_of({"properties": {"a": {}, "b": True}}) is None


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RowSchemaError, match=r"no.json:1:1: cannot be read \(FileNotFoundError\)"):
        load_row_schema(tmp_path / "no.json")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b" " * (SIZE + 1), "larger than 256 KiB"),
        (b'{"properties": {"a": {},}}', "s.json:1:2.: not readable as JSON"),
        (b'{"properties": {"a": {}, "a": {}}}', "'a' is there twice"),
        (b'{"properties": {"a": {"minimum": NaN}}}', "NaN is not a finite number"),
        (b'{"properties": {"a": {"minimum": -Infinity}}}', "Infinity is not a finite number"),
        (b'{"properties": {"a\xff": {}}}', "UTF-8"),
        (b"[" * 100_000, "nested deeper"),
        (b"[]", "describes an object"),
        (b'{"type": "array", "properties": {"a": {}}}', "describes an object"),
        (b"{}", "it needs `properties`"),
        (b'{"properties": {}}', "it needs `properties`"),
        (b'{"properties": {"a b": {}}}', "no column's name"),
        (b'{"properties": {"a": 5}}', "needs a schema"),
        (b'{"properties": {"a": {"$ref": "http://example.org/x"}}}', r"\$ref"),
        (b'{"properties": {"a": {}}, "required": ["b"]}', "`required`"),
        (b'{"properties": {"a": {"x-regrow-role": "target"}, "b": {"x-regrow-role": "target"}}}', "not 2: a, b"),
    ],
)
def test_what_is_no_row_schema_is_refused(raw: bytes, words: str) -> None:
    with pytest.raises(RowSchemaError, match=words):
        parse_row_schema(raw, "s.json")


def test_a_schema_that_is_too_deep_or_too_wide_is_refused() -> None:
    deep: Any = {}
    for _ in range(40):
        deep = {"items": deep}
    wide = {f"c{number}": {} for number in range(2001)}
    for properties, words in (({"a": deep}, "nested deeper"), (wide, "2001 columns")):
        with pytest.raises(RowSchemaError, match=words):
            parse_row_schema(json.dumps({"properties": properties}).encode(), "s.json")
