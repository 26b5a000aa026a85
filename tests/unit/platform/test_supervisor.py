"""With a real supervisord and programs that only sleep."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from regrow.errors import TimedOut, Unreachable, UsageError
from regrow.platform.programs import Program
from regrow.platform.supervisor import Supervisor

SLEEP = (sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(600)")


def _program(name: str, starts: bool = True) -> Program:
    return Program(name=name, command=SLEEP, starts_by_itself=starts, start_seconds=0, stop_seconds=5)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path)
    yield made
    made.stop(30)


def _await(question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _state(supervisor: Supervisor, name: str) -> str:
    found = supervisor.states().get(name)
    return found.state if found else "UNKNOWN"


def test_before_a_start_nothing_is_alive_and_stopping_is_no_error(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    assert not supervisor.alive
    assert supervisor.states() == {}
    supervisor.stop()
    with pytest.raises(Unreachable):
        supervisor.start_process("x")


def test_programs_run_until_everything_is_stopped(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start([_program("one"), _program("two", starts=False)], tmp_path, {})
    _await(lambda: _state(supervisor, "one") == "RUNNING")
    assert _state(supervisor, "two") == "STOPPED"
    supervisor.start_process("two")
    supervisor.start_process("two")
    _await(lambda: _state(supervisor, "two") == "RUNNING")
    supervisor.stop()
    assert not supervisor.alive
    assert supervisor.states() == {}


def test_a_process_is_stopped_by_name_as_often_as_one_likes(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start([_program("one")], tmp_path, {})
    supervisor.stop_process("one")
    supervisor.stop_process("one")
    assert _state(supervisor, "one") == "STOPPED"


def test_a_killed_process_is_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    import os
    import signal

    supervisor.start([_program("one")], tmp_path, {})
    _await(lambda: _state(supervisor, "one") == "RUNNING")
    first = supervisor.states()["one"].pid
    os.kill(first, signal.SIGKILL)
    _await(lambda: _state(supervisor, "one") == "RUNNING" and supervisor.states()["one"].pid != first)


def test_a_second_start_takes_changed_programs_over(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start([_program("stays"), _program("goes")], tmp_path, {})
    _await(lambda: _state(supervisor, "stays") == "RUNNING")
    kept = supervisor.states()["stays"].pid
    changed = _program("comes").model_copy(update={"stop_seconds": 6})
    supervisor.start([_program("stays"), changed], tmp_path, {})
    _await(lambda: _state(supervisor, "comes") == "RUNNING")
    assert supervisor.states()["stays"].pid == kept
    assert "goes" not in supervisor.states()


def test_what_a_process_says_lies_in_its_log(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start([_program("one")], tmp_path, {"PYTHONDONTWRITEBYTECODE": "1"})
    _await(lambda: "awake" in (tmp_path / "logs" / "one.log").read_text())
    assert supervisor.states()["one"].log == str(tmp_path / "logs" / "one.log")


def test_a_path_too_long_for_a_socket_is_a_usage_error(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    with pytest.raises(UsageError, match="REGROW_HOME"):
        Supervisor(deep).start([], tmp_path, {})


def test_what_does_not_stop_in_time_is_told(supervisor: Supervisor, tmp_path: Path) -> None:
    stubborn = (
        sys.executable,
        "-c",
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(600)",
    )
    program = Program(name="stubborn", command=stubborn, start_seconds=0, stop_seconds=3)
    supervisor.start([program], tmp_path, {})
    _await(lambda: (tmp_path / "logs" / "stubborn.log").read_text() != "")
    with pytest.raises(TimedOut, match=r"supervisord\.log"):
        supervisor.stop(0.2)
