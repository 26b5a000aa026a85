from __future__ import annotations

from typing import Any

import pytest

from regrow.validation.schema import SchemaProblem, read_schema, schema_problems


def one(rules: object, **more: object) -> dict[str, object]:
    return {"type": "object", "properties": {"a": rules}, **more}


@pytest.mark.parametrize(
    ("rules", "kind", "nullable"),
    [
        ({"type": "integer"}, "integer", False),
        ({"type": ["integer", "null"]}, "integer", True),
        ({"type": ["integer", "number"]}, "number", False),
        ({"type": "boolean"}, "boolean", False),
        ({"enum": ["x", "y"]}, "string", False),
        ({"enum": [1, 2, None]}, "integer", True),
        ({"enum": [1, 2.5]}, "number", False),
        ({"const": True}, "boolean", False),
        ({"minimum": 0}, "number", True),
        ({"maxLength": 3}, "string", True),
        ({"type": ["string", "null"], "enum": ["x"]}, "string", False),
        ({}, "string", True),
    ],
)
def test_a_column_has_one_type_and_may_be_null(rules: Any, kind: Any, nullable: Any) -> None:
    (column,) = read_schema(one(rules)).columns
    assert (column.kind, column.nullable) == (kind, nullable)


def test_required_closed_and_words_for_null_are_read() -> None:
    schema = read_schema(
        one({"type": "number"}, required=["a"], additionalProperties=False, **{"x-regrow-null": ["NA"]})
    )
    assert schema.required == ("a",)
    assert schema.closed
    assert schema.null_words == ("NA",)
    assert schema.column("b") is None


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({}, "it must be an object with properties"),
        ({"type": "array"}, "it must be an object with properties"),
        (one({"type": "integer"}, patternProperties={}), "patternProperties is not supported"),
        (one({"type": "integer"}, additionalProperties={}), "additionalProperties must be true or false"),
        (one({"type": "integer"}, required=["b"]), "b is required but not a property"),
        (one({"type": "integer"}, **{"x-regrow-null": "NA"}), "x-regrow-null must be a list of texts"),
        (one({"type": "object"}), "a: needs one type of"),
        (one({"type": ["string", "integer"]}), "a: needs one type of"),
        (one({"type": "integer", "multipleOf": 2}), "a: multipleOf is not supported"),
        (one({"type": "integer", "pattern": "x"}), "a: pattern does not apply to integer"),
        (one({"type": "string", "minimum": 1}), "a: minimum does not apply to string"),
        (one({"type": "string", "format": "email"}), "a: format 'email' is not supported"),
        (one({"type": "string", "pattern": "("}), "a: pattern is not a regular expression"),
        (one({"type": "integer", "minimum": "1"}), "a: minimum must be a number"),
        (one({"type": "integer", "exclusiveMinimum": True}), "a: exclusiveMinimum must be a number"),
        (one([]), "a: must be an object"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_words(schema: Any, problem: Any) -> None:
    assert any(found.startswith(problem) for found in schema_problems(schema))
    with pytest.raises(SchemaProblem, match="the row schema cannot be used"):
        read_schema(schema)


def test_notes_and_extensions_are_let_through() -> None:
    rules = {"type": "string", "title": "t", "description": "d", "x-regrow-role": "target"}
    assert schema_problems(one(rules, **{"$schema": "s", "title": "t", "x-own": 1})) == ()
