"""`python -m regrow step store:DIGEST`: a batch of requests, in order, and the words that it leaves behind."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from regrow.errors import RegrowError, Transient
from regrow.steps.contract import EXIT_FAILED, EXIT_TRANSIENT, StepRequest, StepResult
from regrow.steps.pods import batch
from regrow.steps.pods.ending import ToldToEnd, end_when_told

if TYPE_CHECKING:
    from regrow.store.port import Store

Run = Callable[[StepRequest], StepResult]
ENDED = StepResult(
    step="",
    kind="",
    reason="its pod was told to end before it was done",
    error=batch.TOLD_TO_END,
    exit_code=EXIT_TRANSIENT,
)


def run(digest: str) -> NoReturn:
    """Results on standard output, a line each; progress on standard error."""
    code = BatchRun(digest)(_opened)
    sys.stdout.flush()
    sys.stderr.flush()
    # Taking down an interpreter full of numeric libraries costs half a second, and the pod waits for it.
    os._exit(code)


def _opened() -> tuple[Store, Run]:
    """Imported only now: from its first moment on the pod must be able to end."""
    from regrow.steps import command

    return command.opened()


class BatchRun:
    """The batch with this digest; after every step the results file is whole, whatever comes next."""

    def __init__(self, digest: str) -> None:
        self._digest = digest
        self._requests: Sequence[StepRequest] = ()
        self._results: list[StepResult] = []

    def __call__(self, opened: Callable[[], tuple[Store, Run]]) -> int:
        """Its exit code. `opened` connects to the store, and gives what runs a request."""
        end_when_told(lambda: self._write(ENDED))
        try:
            return self._all(opened)
        except ToldToEnd:
            self._write(ENDED)
            return EXIT_TRANSIENT
        except RegrowError as error:
            code = EXIT_TRANSIENT if isinstance(error, Transient) else EXIT_FAILED
            sys.stderr.write(f"{error.sentence}\n")
            self._write(StepResult(step="", kind="", reason=error.sentence, error=type(error).code, exit_code=code))
            return code

    def _all(self, opened: Callable[[], tuple[Store, Run]]) -> int:
        store, run = opened()
        self._requests = batch.read(store, self._digest)
        for request in self._requests:
            result = run(request)
            self._results.append(result)
            self._write()
        return batch.exit_code(self._results)

    def _write(self, ended: StepResult | None = None) -> None:
        """Into REGROW_RESULT_FILE, where one is named. In place: a kubelet reads that very file."""
        path = os.environ.get("REGROW_RESULT_FILE")
        if path:
            Path(path).write_bytes(batch.written(self._requests, self._results, ended))
