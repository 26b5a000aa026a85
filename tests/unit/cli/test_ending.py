from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from regrow.cli.ending import tell, tell_unexpected, wants_json
from regrow.errors import (
    Conflict,
    NotFound,
    Refused,
    RegrowError,
    TimedOut,
    UsageError,
    VerdictFailed,
    WaitsForPerson,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(RegrowError("no"), 1, id="failed"),
        pytest.param(Conflict(subject="x", expected=1, found=2), 1, id="conflict"),
        pytest.param(UsageError("no"), 2, id="usage"),
        pytest.param(Refused("no"), 3, id="refused"),
        pytest.param(VerdictFailed(gate="data gate", subject="today", reason="empty"), 3, id="verdict"),
        pytest.param(NotFound("model", "x"), 4, id="not found"),
        pytest.param(WaitsForPerson("asks"), 5, id="waits for a person"),
        pytest.param(TimedOut(what="an answer", seconds=1), 6, id="timeout"),
    ],
)
def test_each_kind_of_error_has_its_exit_code(
    error: RegrowError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell(error, []) == code
    told = capsys.readouterr()
    assert told.err == f"regrow: {error.sentence}\n"
    assert told.out == ""


def test_an_error_is_json_where_json_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(NotFound("model", "x", ["y"]), ["models", "x", "-o", "json"]) == 4
    told = json.loads(capsys.readouterr().err)
    assert told["code"] == "not_found"
    assert told["exit_code"] == 4
    assert told["schema_version"] == 1
    assert "y" in told["message"]


@pytest.mark.parametrize("arguments", [["-o", "json"], ["--output", "json"], ["--output=json"]])
def test_json_is_recognised_however_it_is_written(arguments: list[str]) -> None:
    assert wants_json(["status", *arguments])


def test_a_table_is_not_json() -> None:
    assert not wants_json(["status", "-o", "table", "json"])


def test_an_unexpected_error_is_one_line_and_its_traceback_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REGROW_HOME", str(tmp_path))
    assert tell_unexpected(ZeroDivisionError("division by zero"), []) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "ZeroDivisionError: division by zero" in told
    (log,) = (tmp_path / "logs").glob("regrow-*.log")
    assert str(log) in told
    assert "ZeroDivisionError" in log.read_text()


def test_an_unexpected_error_is_told_even_where_no_home_can_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("REGROW_HOME", str(tmp_path / "file"))
    assert tell_unexpected(ValueError(""), []) == 1
    assert "unexpected ValueError; the traceback lies in" in capsys.readouterr().err


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "from regrow.cli import app\n"
        "@app.app.command()\n"
        "def forever():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    signal.pause()\n"
        "from regrow.cli.main import main\n"
        "sys.exit(main(['forever']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "REGROW_HOME": str(tmp_path)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert done.returncode == 130, done.stderr
    assert "goes on from there" in done.stderr
    assert "Traceback" not in done.stderr
