from __future__ import annotations

import json
from pathlib import Path

from support.command_line import Regrow


def test_down_where_nothing_runs_is_no_failure(regrow: Regrow) -> None:
    ended = regrow("down")
    assert ended.code == 0
    assert "nothing runs" in ended.err


def test_a_purge_only_says_what_it_would_delete(regrow: Regrow, tmp_path: Path) -> None:
    kept = tmp_path / "home" / "store" / "kept"
    kept.mkdir(parents=True)
    ended = regrow("down", "--purge")
    assert ended.code == 3
    assert str(kept.parent) in ended.err
    assert "--purge --yes" in ended.err
    assert kept.exists()


def test_a_purge_that_was_agreed_to_deletes(regrow: Regrow, tmp_path: Path) -> None:
    (tmp_path / "home" / "store").mkdir(parents=True)
    assert regrow("down", "--purge", "--yes").code == 0
    assert not (tmp_path / "home").exists()


def test_doctor_tells_every_check(regrow: Regrow) -> None:
    ended = regrow("doctor", "--output", "json")
    checks = {check["name"]: check for check in json.loads(ended.out)["checks"]}
    assert list(checks) == ["python", "disk", "ports", "packages", "envoy", "ledger", "clock"]
    assert ended.code == 0, checks


def test_doctor_for_people_marks_each_check(regrow: Regrow) -> None:
    from regrow.cli.commands import doctor
    from regrow.platform.finding import Finding

    failed = Finding(name="envoy", ok=False, told="is missing", fix="sh tools/bootstrap.sh")
    assert doctor.written(failed) == "FAIL envoy: is missing"
    assert doctor.written(failed.model_copy(update={"ok": True})) == "ok   envoy: is missing"
