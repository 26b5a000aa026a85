from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contract.runner_contract import RunnerContract, ask, quiet
from regrow.ledger.open import open_ledger
from regrow.ledger.port import Ledger
from regrow.platform.workspace import Workspace
from regrow.settings import Settings
from regrow.steps.memory_runner import MemoryRunner
from regrow.steps.process_runner import ProcessRunner
from regrow.steps.runner import Runner
from regrow.store.open import open_store
from regrow.store.port import Store


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "home").mkdir()
    return Settings(home=tmp_path / "home")


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    found = open_ledger(settings.ledger)
    yield found
    found.close()


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings.store)


@pytest.fixture
def lose(settings: Settings, store: Store) -> Callable[[str], None]:
    def remove(digest: str) -> None:
        sha256 = store.manifest(digest).files[0].sha256
        for path in (settings.root / "store").rglob(f"*{sha256}*"):
            path.unlink()

    return remove


class TestMemoryRunner(RunnerContract):
    @pytest.fixture
    def runner(self, ledger: Ledger, store: Store) -> Runner:
        return MemoryRunner(ledger, store)


class TestProcessRunner(RunnerContract):
    @pytest.fixture
    def runner(self, settings: Settings) -> Iterator[Runner]:
        found = ProcessRunner(Workspace(settings).environment(), workers=2)
        yield found
        found.close()

    def test_a_killed_process_is_named_and_the_next_request_gets_a_new_one(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REGROW_FAILPOINT", "after-work:ask")
        dying = ProcessRunner(Workspace(settings).environment(), workers=1)
        (lost,) = dying.run([ask()], quiet)
        dying.close()
        assert lost.error == "process_lost"
        assert f"signal {signal.SIGKILL.value}" in lost.reason
        monkeypatch.delenv("REGROW_FAILPOINT")
        living = ProcessRunner(Workspace(settings).environment(), workers=1)
        (found,) = living.run([ask()], quiet)
        living.close()
        assert found.succeeded

    def test_a_step_over_its_time_is_ended_and_says_so(self, settings: Settings) -> None:
        runner = ProcessRunner(Workspace(settings).environment(), workers=1)
        (result,) = runner.run([ask().model_copy(update={"timeout_seconds": 0.05})], quiet)
        runner.close()
        assert result.error == "timed_out"
        assert "0.05 s" in result.reason

    def test_no_process_stays_behind(self, settings: Settings) -> None:
        runner = ProcessRunner(Workspace(settings).environment(), workers=2)
        runner.run([ask()], quiet)
        (worker,) = list(runner._idle.queue)
        pid = worker._process.pid
        runner.close()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
