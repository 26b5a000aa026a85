"""The step command's inside: requests in, results out, prints of kernels kept away from the results."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NoReturn

import orjson
from pydantic import ValidationError

from regrow.ledger.open import open_ledger
from regrow.ledger.port import Ledger
from regrow.settings import Settings
from regrow.steps.contract import EXIT_FAILED, StepRequest, StepResult
from regrow.steps.execute import execute
from regrow.store.open import open_store
from regrow.store.port import Store

Emit = Callable[[dict[str, Any]], None]


def one(path: Path) -> int:
    """Run the request in `path`; progress on standard error, the result on standard output."""
    emit = _emitter()
    try:
        request = StepRequest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        sys.stderr.write(f"{path} is not a step request: {error}\n")
        return 2
    ledger, store = _open()
    result = _shown(request, ledger, store, emit)
    ledger.close()
    return result.exit_code


def serve(requests: IO[bytes]) -> NoReturn:
    """Run requests until the input ends."""
    emit = _emitter()
    ledger, store = _open()
    for line in iter(requests.readline, b""):
        request = StepRequest.model_validate_json(line)
        result = _guarded(request, ledger, store, lambda text: emit({"progress": text}))
        emit({"result": result.model_dump(mode="json")})
    ledger.close()
    # Taking down an interpreter full of numeric libraries costs half a second, and every run waits for it.
    os._exit(0)


def opened() -> tuple[Store, Callable[[StepRequest], StepResult]]:
    """The store, and what runs a request as `one` does."""
    emit = _emitter()
    ledger, store = _open()
    return store, lambda request: _shown(request, ledger, store, emit)


def schema() -> int:
    _emitter()(StepRequest.model_json_schema())
    return 0


def _open() -> tuple[Ledger, Store]:
    settings = Settings()
    return open_ledger(settings.ledger), open_store(settings.store, settings.s3)


def _emitter() -> Emit:
    """Results go to the real standard output; whatever a kernel prints goes to standard error."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return lambda message: _write(out, orjson.dumps(message) + b"\n")


def _write(out: IO[Any], data: bytes | str) -> None:
    out.write(data)


def _shown(request: StepRequest, ledger: Ledger, store: Store, emit: Emit) -> StepResult:
    result = _guarded(request, ledger, store, lambda line: _write(sys.stderr, f"{request.step}: {line}\n"))
    emit(result.model_dump(mode="json"))
    return result


def _guarded(request: StepRequest, ledger: Ledger, store: Store, log: Callable[[str], None]) -> StepResult:
    try:
        return execute(request, ledger, store, log)
    except Exception as error:
        traceback.print_exc()
        return StepResult(
            step=request.step,
            kind=request.kind,
            reason=f"{type(error).__name__}: {error}",
            error="unexpected",
            exit_code=EXIT_FAILED,
        )
