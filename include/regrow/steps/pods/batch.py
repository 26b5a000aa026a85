"""The requests of one pod on their way there, as an artifact, and what is told of them in its last message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from pydantic import ValidationError

from regrow.frozen import Frozen
from regrow.steps.contract import EXIT_DONE, EXIT_FAILED, EXIT_REFUSED, EXIT_TRANSIENT, StepRequest, StepResult
from regrow.store.port import Store

TOLD_TO_END = "told_to_end"
"""The error of a batch that SIGTERM ended."""
LIMIT = 4096
"""Bytes that a kubelet keeps of a termination message."""
REASONS = (800, 300, 120, 40, 0)
"""How long a reason may be, tried in turn until all of them fit."""


class Unrecorded(Frozen):
    """A step that ended without a record."""

    n: int
    exit_code: int
    error: str
    reason: str


class Told(Frozen):
    """What the steps of a batch came to, in its order; those of the first `count` that are not named left a record."""

    count: int = 0
    unrecorded: tuple[Unrecorded, ...] = ()
    reused: tuple[int, ...] = ()
    fingerprints: Mapping[str, str] = {}
    """By place: of steps whose request named none."""
    ended: StepResult | None = None
    """What kept the batch from going on, told as a result."""

    def unrecorded_at(self, n: int) -> Unrecorded | None:
        return next((one for one in self.unrecorded if one.n == n), None)


def put(store: Store, requests: Sequence[StepRequest]) -> str:
    """The digest of the artifact `000.json`, `001.json`, … Equal requests, equal digest."""
    with TemporaryDirectory(prefix="regrow-batch-") as folder:
        paths = {f"{n:03d}.json": Path(folder) / str(n) for n in range(len(requests))}
        for path, request in zip(paths.values(), requests, strict=True):
            path.write_bytes(request.canonical())
        return store.put(paths).digest


def read(store: Store, digest: str) -> tuple[StepRequest, ...]:
    with TemporaryDirectory(prefix="regrow-batch-") as folder:
        paths = store.fetch(digest, Path(folder)).iterdir()
        found = sorted((int(path.stem), path.read_bytes()) for path in paths)
    return tuple(StepRequest.model_validate_json(content) for _, content in found)


def exit_code(results: Sequence[StepResult]) -> int:
    """One code for all: a failure beats what may pass, which beats a refusal."""
    codes = {result.exit_code for result in results} - {EXIT_DONE}
    if codes - {EXIT_TRANSIENT, EXIT_REFUSED}:
        return EXIT_FAILED
    return max(codes, default=EXIT_DONE)


def written(requests: Sequence[StepRequest], results: Sequence[StepResult], ended: StepResult | None = None) -> bytes:
    """The results file after so many results: JSON of at most LIMIT bytes."""
    for reason in REASONS:
        content = _told(requests, results, ended, reason).canonical()
        if len(content) <= LIMIT:
            return content
    # Too many even without reasons: what is not told is found in the ledger, or judged by how the pod ended.
    return Told(count=len(results), ended=ended and _cut(ended, REASONS[1])).canonical()


def told(message: str) -> Told:
    """What a pod left as its last message; empty where that is not ours."""
    try:
        return Told.model_validate_json(message)
    except ValidationError:
        return Told()


def _told(
    requests: Sequence[StepRequest], results: Sequence[StepResult], ended: StepResult | None, reason: int
) -> Told:
    pairs = list(enumerate(zip(requests, results, strict=False)))
    return Told(
        count=len(results),
        unrecorded=tuple(
            Unrecorded(n=n, exit_code=result.exit_code, error=result.error, reason=_short(result.reason, reason))
            for n, (_, result) in pairs
            if not result.fingerprint
        ),
        reused=tuple(n for n, (_, result) in pairs if result.reused),
        fingerprints={
            str(n): result.fingerprint
            for n, (request, result) in pairs
            if result.fingerprint and not request.fingerprint
        },
        ended=ended and _cut(ended, reason),
    )


def _cut(result: StepResult, length: int) -> StepResult:
    return result.model_copy(update={"reason": _short(result.reason, length)})


def _short(text: str, length: int) -> str:
    """At most `length` bytes when written as JSON, near enough: what JSON escapes is counted as it is written."""
    while len(orjson.dumps(text)) > length + 2:
        text = text[: max(0, min(len(text) - 2, length))] + "…" if len(text) > 2 else ""
    return text
