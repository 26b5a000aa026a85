"""A question that proves that a version serves: a real prediction, and the header that names the version. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from regrow.serving.port import Readiness, Served

PROBE = {"x-regrow-probe": "1", "content-type": "application/json"}
"""Such a prediction is neither captured nor counted as served."""


class Answered(Protocol):
    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in lower case."""

    @property
    def body(self) -> bytes: ...


def judge(served: Served, answer: Answered) -> Readiness:
    if answer.status != 200:
        text = answer.body[:300].decode(errors="replace")
        return Readiness(ready=False, reason=f"{name(served)} answers its example with {answer.status}: {text}")
    version = answer.headers.get("x-served-version")
    if version != served.version:
        return Readiness(ready=False, reason=f"{served.endpoint} serves version {version}, not {served.version}")
    return Readiness(ready=True, reason=f"{name(served)} answered a prediction")


def name(served: Served) -> str:
    return f"{served.model}@{served.version}"
