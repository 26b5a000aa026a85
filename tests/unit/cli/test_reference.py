from __future__ import annotations

from pathlib import Path

import pytest

from regrow.cli import reference

ROOT = Path(__file__).parents[3]


def test_the_reference_page_is_what_the_commands_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert reference.main(["--check"]) == 0


def test_a_page_that_fell_behind_is_told_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs/reference").mkdir(parents=True)
    (tmp_path / "docs/reference/cli.md").write_text("old")
    assert reference.main(["--check"]) == 1
    assert "fallen behind" in capsys.readouterr().err
    assert reference.main([]) == 0
    assert reference.main(["--check"]) == 0


def test_the_page_is_the_same_on_every_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    narrow = reference.page()
    monkeypatch.setenv("COLUMNS", "200")
    assert reference.page() == narrow
