"""A predictor's flags and variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from regrow.serving.predictor.config import PredictorConfig, parse

CONFIG = PredictorConfig("flights", "1.2.0", "a", Path("slot"), 9000, Path("captures"))


def test_flags_are_read_back_as_they_were_written() -> None:
    assert parse(CONFIG.argv(), {}) == CONFIG


def test_it_listens_on_loopback_unless_told_otherwise() -> None:
    assert CONFIG.host == "127.0.0.1"


def test_variables_stand_in_for_flags_and_flags_win() -> None:
    names = ("model", "version", "slot", "folder", "port", "captures")
    variables = {f"REGROW_PREDICTOR_{name.upper()}": str(getattr(CONFIG, name)) for name in names}
    assert parse((), variables) == CONFIG
    assert parse(("--port", "9001"), variables).port == 9001


def test_a_missing_flag_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(CONFIG.argv()[2:], {})
    assert caught.value.code == 2
    assert "--model" in capsys.readouterr().err
