"""JSON bodies: the standard and nothing beside it."""

from __future__ import annotations

import pytest

from regrow.serving.predictor.problem import Problem
from regrow.serving.predictor.strict_json import loads


def test_an_object_with_each_key_once_is_read() -> None:
    assert loads(b'{"a": [1, {"b": null}], "c": "x:y:z"}') == {"a": [1, {"b": None}], "c": "x:y:z"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(b'{"a": NaN}', "not strict JSON", id="nan"),
        pytest.param(b'{"a": Infinity}', "not strict JSON", id="infinity"),
        pytest.param(b'{"a": 1e400}', "not strict JSON", id="too large a number"),
        pytest.param(b'{"a": 1, "a": 2}', "'a' is there 2 times", id="a key twice"),
        pytest.param(b'{"x": [{"a": 1}, {"b" : 1, "b"\n:2}]}', "'b' is there 2 times", id="twice, deep and spaced"),
        pytest.param(b'{"a": "\\u003a", "b": 1, "b": 2}', "'b' is there 2 times", id="with an escaped colon beside"),
        pytest.param(b'{"\\u0061": 1, "a": 2}', "'a' is there 2 times", id="twice, once escaped"),
        pytest.param(b"[1]", "JSON object", id="a list"),
        pytest.param(b"", "not strict JSON", id="empty"),
        pytest.param(b'{"a": ' + b"[" * 20 + b"]" * 20 + b"}", "deeper than 16", id="deep"),
        pytest.param(b'{"a": ' + b"[" * 100_000, "not strict JSON", id="very deep"),
        pytest.param(b'{"a": "\xff"}', "not strict JSON", id="not utf-8"),
    ],
)
def test_what_is_not_strict_json_is_refused_with_its_reason(body: bytes, told: str) -> None:
    with pytest.raises(Problem, match=told) as caught:
        loads(body)
    assert caught.value.status == 400
