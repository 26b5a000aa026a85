"""An answer before it is bytes on a wire."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson

from regrow.serving.predictor.problem import Problem

Send = Callable[[dict[str, Any]], Awaitable[None]]
JSON = b"application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    kind: bytes = JSON


def json_reply(document: Any, status: int = 200) -> Reply:
    return Reply(status, orjson.dumps(document))


def problem_reply(problem: Problem) -> Reply:
    return json_reply({"error": problem.sentence, "code": problem.code}, problem.status)


async def send_reply(send: Send, reply: Reply, headers: list[tuple[bytes, bytes]]) -> None:
    head = [(b"content-type", reply.kind), (b"content-length", b"%d" % len(reply.body)), *headers]
    await send({"type": "http.response.start", "status": reply.status, "headers": head})
    await send({"type": "http.response.body", "body": reply.body})
