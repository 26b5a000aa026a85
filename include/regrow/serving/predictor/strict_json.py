"""JSON as the standard has it, and each key once."""

from __future__ import annotations

import json
from typing import Any

import orjson

from regrow.serving.predictor.limits import MAX_DEPTH
from regrow.serving.predictor.problem import malformed


def loads(body: bytes) -> dict[str, Any]:
    """The body's object. Raises Problem (400): not JSON, NaN, Infinity, a key twice, nested too deep, not an object."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise malformed(f"the body is not strict JSON: {error}") from None
    if type(document) is not dict:
        raise malformed("the body has to be a JSON object")
    # A key takes one colon. As many colons as keys that arrived: no key came twice, and the second parser is spared.
    if _keys(document, 1) != body.count(b":"):
        json.loads(body, object_pairs_hook=_once)
    return document


def _keys(node: Any, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise malformed(f"the body is nested deeper than {MAX_DEPTH} levels")
    if type(node) is dict:
        return len(node) + sum(_keys(child, depth + 1) for child in node.values() if type(child) in (dict, list))
    return sum(_keys(child, depth + 1) for child in node if type(child) in (dict, list))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) == len(pairs):
        return document
    names = [name for name, _ in pairs]
    twice = next(name for name in names if names.count(name) > 1)
    raise malformed(f"the key {twice!r} is there {names.count(twice)} times in one object")
