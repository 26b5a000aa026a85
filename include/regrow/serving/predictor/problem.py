"""Why a request gets no prediction, as a sentence, a code and an HTTP status."""

from __future__ import annotations

from regrow.errors import RegrowError


class Problem(RegrowError):
    """The answer is `{"error": sentence, "code": code}` with this status; nothing else of the inside is told."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence, status=status, code=code)
        self.status, self.code = status, code  # type: ignore[misc]


def malformed(sentence: str) -> Problem:
    """The body is not what the protocol allows."""
    return Problem(400, "malformed", sentence)


def unprocessable(code: str, sentence: str) -> Problem:
    """The body can be read, but the model cannot take its values."""
    return Problem(422, code, sentence)
