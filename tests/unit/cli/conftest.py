"""A home with a champion, made once; and the command line as a function."""

from __future__ import annotations

from pathlib import Path

import pytest

from regrow.cli.main import main
from regrow.spec.load import load_pipeline
from regrow.steps.local import catch_up
from support.command_line import Ended, Regrow
from support.memory_space import InThisProcess
from support.toy import Toy


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """Three partitions, one of them bad: accepted, trained on, promoted."""
    toy = Toy(tmp_path_factory.mktemp("lived"))
    toy.arrive(range(3))
    space = InThisProcess(toy.settings)
    for _ in catch_up(space, load_pipeline(toy.yaml), through=None, actor="test", progress=lambda line: None):
        pass
    space.close()
    return toy


@pytest.fixture
def regrow(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Regrow:
    """Runs a command line in an empty home, unless REGROW_HOME is set before."""
    monkeypatch.setenv("REGROW_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("REGROW_OUTPUT", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ended:
        capsys.readouterr()
        code = main(arguments)
        told = capsys.readouterr()
        return Ended(code, told.out, told.err)

    return run


@pytest.fixture
def at_toy(regrow: Regrow, lived: Toy, monkeypatch: pytest.MonkeyPatch) -> Regrow:
    """The command line in the home that has lived."""
    monkeypatch.setenv("REGROW_HOME", str(lived.settings.home))
    monkeypatch.setenv("REGROW_DATA_ROOT", str(lived.settings.data))
    monkeypatch.setenv("REGROW_PIPELINES", str(lived.settings.pipelines))
    return regrow
