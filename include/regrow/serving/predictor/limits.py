"""How much one request may ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from regrow.serving.predictor.problem import Problem, unprocessable

MAX_BODY = 1 << 20
"""Bytes."""
MAX_ROWS = 1_000
MAX_DEPTH = 16
"""Levels of lists and objects in one document."""

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


def too_large(found: int) -> Problem:
    return Problem(413, "body_too_large", f"the body has {found:,} bytes or more; the limit is {MAX_BODY:,}")


class Disconnected(Exception):
    """The caller went away before the body was whole: there is nobody to answer."""


async def read_body(receive: Receive, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The whole body. Raises Problem (413) as soon as more than MAX_BODY bytes are announced or seen."""
    for name, value in headers:
        if name == b"content-length" and value.isdigit() and int(value) > MAX_BODY:
            raise too_large(int(value))
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        return within_limit(message.get("body", b""))
    parts = bytearray()
    while message["type"] == "http.request":
        parts += message.get("body", b"")
        if len(parts) > MAX_BODY:
            raise too_large(len(parts))
        if not message.get("more_body"):
            return bytes(parts)
        message = await receive()
    raise Disconnected


def within_limit(body: bytes) -> bytes:
    if len(body) > MAX_BODY:
        raise too_large(len(body))
    return body


def check_rows(found: int) -> int:
    """Raises Problem: 422 for none, 413 for more than MAX_ROWS."""
    if found == 0:
        raise unprocessable("no_rows", "the request has no rows; send 1 or more")
    if found > MAX_ROWS:
        raise Problem(413, "too_many_rows", f"the request has {found:,} rows; the limit is {MAX_ROWS:,}")
    return found
