from __future__ import annotations

import socket
from pathlib import Path

import pytest

from regrow.platform import checkup
from regrow.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_this_machine_is_fit(settings: Settings) -> None:
    assert [finding.name for finding in checkup.check_quickly(settings) if not finding.ok] == []


def test_too_little_space_fails_with_a_way_out(settings: Settings) -> None:
    finding = checkup.space(settings, needed=10**18)
    assert not finding.ok
    assert "REGROW_HOME" in finding.fix


def test_space_is_measured_where_the_home_will_be(tmp_path: Path) -> None:
    assert checkup.space(Settings(home=tmp_path / "not" / "there"), needed=1).ok


def test_a_held_port_is_told_and_is_no_obstacle(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        monkeypatch.setitem(checkup.WISHED, "airflow", server.getsockname()[1])
        finding = checkup.ports(settings)
    assert finding.ok
    assert "held by others: airflow" in finding.told


def test_a_ledger_that_opens_is_counted(settings: Settings) -> None:
    assert checkup.ledger(settings).told == "opens, 0 runs"


def test_a_broken_ledger_fails_and_names_the_file(settings: Settings) -> None:
    (settings.root / "ledger.db").write_bytes(b"this is no database" * 100)
    finding = checkup.ledger(settings)
    assert not finding.ok
    assert "ledger.db" in finding.fix


def test_envoys_version_is_told(settings: Settings) -> None:
    assert checkup.envoy(settings).told[0].isalnum()


def test_the_clock_is_sane(settings: Settings) -> None:
    assert checkup.clock(settings).ok


def test_packages_are_imported_in_a_process_of_their_own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "MODULES", ("json",))
    assert checkup.packages(settings).ok
    monkeypatch.setattr(checkup, "MODULES", ("json", "no_such_package"))
    finding = checkup.packages(settings)
    assert not finding.ok
    assert "no_such_package" in finding.told
