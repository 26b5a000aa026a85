from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from regrow.cli.app import app
from regrow.cli.main import main

HEAVY = ("airflow", "mlflow", "pandas", "sklearn", "polars", "numpy", "sqlalchemy", "pydantic", "httpx", "rich.console")


def test_help_answers_within_half_a_second() -> None:
    command = [str(Path(sys.executable).with_name("regrow")), "--help"]

    def once() -> float:
        """Processor seconds: what else this machine does is not our start."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(once() for _ in range(3)) < 0.5


def test_the_list_of_commands_imports_nothing_heavy() -> None:
    script = f"import sys, regrow.cli.main; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_starts_with_what_it_is_and_names_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert "one YAML for each served model" in told
    assert "130 Ctrl-C" in told
    assert "regrow validate" in told


def test_no_command_at_all_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "Commands:" in capsys.readouterr().out


def test_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("regrow 0.")


@pytest.mark.parametrize("name", [command.callback.__name__ for command in app.registered_commands if command.callback])
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert f"Usage: regrow {name}" in capsys.readouterr().out
