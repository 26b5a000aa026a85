"""The command that pods run, as the process that it is: its exit code, its last words, and how it ends when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from contract.runner_contract import ALGORITHM, ask
from regrow.ledger.open import open_ledger
from regrow.settings import Settings
from regrow.steps.contract import StepRequest
from regrow.steps.identity import environment_of, identify
from regrow.steps.leasing import held
from regrow.steps.pods import batch
from regrow.store.open import open_store
from support.waiting import wait_for


class Pod:
    """The command with a pod's variables, in a process."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(home=folder / "home")
        self.settings.root.mkdir()
        self.words = folder / "words"
        self.words.touch()
        self.store = open_store(self.settings.store)

    def start(self, digest: str) -> subprocess.Popen[str]:
        known = {"REGROW_HOME": str(self.settings.root), "REGROW_RESULT_FILE": str(self.words)}
        command = [sys.executable, "-m", "regrow", "step", f"store:{digest}"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, env={**os.environ, **known}, text=True, **pipes)  # type: ignore[call-overload, no-any-return]

    def put(self, *requests: StepRequest) -> str:
        return batch.put(self.store, requests)

    def told(self) -> batch.Told:
        return batch.told(self.words.read_text())


@pytest.fixture
def pod(tmp_path: Path) -> Pod:
    return Pod(tmp_path)


def wrong() -> StepRequest:
    return ask("ask r1", search={"kind": "nonsense"}, algorithms=[{**ALGORITHM, "search": {"kind": "nonsense"}}])


def test_a_batch_runs_in_order_and_tells_what_left_no_record(pod: Pod) -> None:
    with pod.start(pod.put(ask(), wrong(), ask("ask r2", seed=2))) as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert [line.split('"step":"')[1][:6] for line in out.splitlines()] == ["ask r0", "ask r1", "ask r2"]
    told = pod.told()
    assert (told.count, set(told.fingerprints)) == (3, {"0", "2"})
    assert "nonsense" in told.unrecorded[0].reason


def test_a_batch_that_is_not_there_fails_in_words(pod: Pod) -> None:
    with pod.start("0" * 64) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "there is no" in errors
    ended = pod.told().ended
    assert ended is not None
    assert ended.error == "not_found"


def test_it_ends_at_once_when_told_and_leaves_no_record(pod: Pod) -> None:
    """The step is held up by another's lease, as a long one would be."""
    request = ask().model_copy(update={"environment": environment_of("ask")})
    request = request.model_copy(update={"fingerprint": identify(request, pod.store)})
    ledger = open_ledger(pod.settings.ledger)
    with held(ledger, f"step:{request.fingerprint}"), pod.start(pod.put(ask("ask r9", seed=9), request)) as process:
        wait_for(lambda: pod.told().count == 1, 60, "the first step")
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        process.communicate()
    assert process.returncode == 20
    assert time.monotonic() - begun < 5
    told = pod.told()
    assert (told.count, told.ended and told.ended.error) == (1, "told_to_end")
    assert ledger.records.find(request.fingerprint) is None
    ledger.close()


STUCK = """
import time
from regrow.steps.pods import ending
ending.SECONDS = 0.2
ending.end_when_told(lambda: print("last words", flush=True))
told = False
while True:
    try:
        if not told:
            told = True
            print("ready", flush=True)
        time.sleep(60)
    except ending.ToldToEnd:
        pass
"""


def test_code_that_does_not_listen_is_ended_with_its_last_words() -> None:
    with subprocess.Popen([sys.executable, "-c", STUCK], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "last words\n"
        assert process.wait(timeout=20) == 20
