"""Runs steps in processes of the step command, as many at once as asked.

A worker process serves many requests, one after the other, so that libraries are imported once. One that dies takes
only its own step with it: that step's result says so, and the next request gets a new process.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import orjson

from regrow.steps.contract import EXIT_TRANSIENT, StepRequest, StepResult
from regrow.steps.runner import Progress

SINGLE_THREADED = {
    name: "1"
    for name in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "POLARS_MAX_THREADS",
    )
}
"""Threads change sums; a step always has one, however many run beside it."""


class _Worker:
    """One process of `python -m regrow step --serve`: a request a line in, messages a line out."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "regrow", "step", "--serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environment},
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def serve(self, request: StepRequest, progress: Progress) -> StepResult:
        timer = self._deadline(request.timeout_seconds)
        try:
            result = self._exchange(request, progress)
        except BrokenPipeError:
            result = None
        finally:
            expired = timer is not None and not timer.is_alive()
            if timer is not None:
                timer.cancel()
        return result or self._died(request, expired)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _exchange(self, request: StepRequest, progress: Progress) -> StepResult | None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(request.canonical() + b"\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            message = orjson.loads(line)
            if "result" in message:
                return StepResult.model_validate_json(orjson.dumps(message["result"]))
            progress(f"{request.step}: {message['progress']}")
        return None

    def _deadline(self, seconds: float) -> threading.Timer | None:
        if not seconds:
            return None
        timer = threading.Timer(seconds, self._process.kill)
        timer.daemon = True
        timer.start()
        return timer

    def _died(self, request: StepRequest, expired: bool) -> StepResult:
        code = self._process.wait()
        if expired:
            reason = f"it took longer than {request.timeout_seconds:g} s and was ended"
            return _without_record(request, reason, "timed_out", 1)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return _without_record(request, f"its process ended by {how}", "process_lost", EXIT_TRANSIENT)


def _without_record(request: StepRequest, reason: str, error: str, exit_code: int) -> StepResult:
    return StepResult(step=request.step, kind=request.kind, reason=reason, error=error, exit_code=exit_code)


class ProcessRunner:
    def __init__(self, environment: Mapping[str, str], workers: int) -> None:
        self._environment = {**environment, **SINGLE_THREADED, "PYTHONHASHSEED": "0"}
        self._workers = workers
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()

    def run(self, requests: Sequence[StepRequest], progress: Progress = print) -> tuple[StepResult, ...]:
        if not requests:
            return ()
        with ThreadPoolExecutor(max_workers=min(self._workers, len(requests))) as pool:
            return tuple(pool.map(lambda request: self._run_one(request, progress), requests))

    def reap(self, run_id: str) -> int:
        """None: a worker's input ends with whoever asked it, and with that the worker."""
        return 0

    def close(self) -> None:
        while not self._idle.empty():
            self._idle.get().close()

    def _run_one(self, request: StepRequest, progress: Progress) -> StepResult:
        worker = self._worker()
        result = worker.serve(request, progress)
        if worker.alive:
            self._idle.put(worker)
        else:
            worker.close()
        return result

    def _worker(self) -> _Worker:
        try:
            worker = self._idle.get_nowait()
        except queue.Empty:
            return _Worker(self._environment)
        return worker if worker.alive else _Worker(self._environment)
