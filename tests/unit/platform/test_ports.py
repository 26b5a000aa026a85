from __future__ import annotations

import socket
from pathlib import Path

import pytest

from regrow.errors import UsageError
from regrow.platform.ports import Ports, chosen, first_free, free, kept
from regrow.settings import Settings


def _listening() -> socket.socket:
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    return server


def test_nothing_is_kept_before_anything_was_chosen(tmp_path: Path) -> None:
    assert kept(Settings(home=tmp_path)) is None


def test_chosen_ports_differ_are_free_and_are_kept(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    ports = chosen(settings)
    numbers = list(ports.model_dump().values())
    assert len(set(numbers)) == len(numbers)
    assert all(free("127.0.0.1", number) for number in numbers)
    assert kept(settings) == ports
    assert chosen(settings) == ports


def test_ports_of_another_release_are_chosen_anew(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "ports.json").write_text('{"airflow": 1}')
    assert kept(settings) is None
    assert kept(settings) != chosen(settings) == kept(settings)


def test_a_port_that_somebody_took_meanwhile_is_chosen_anew(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with _listening() as server:
        taken = server.getsockname()[1]
        before = Ports(airflow=taken, mlflow=1, envoy=2, envoy_admin=3)
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "ports.json").write_text(before.model_dump_json())
        assert chosen(settings).airflow != taken


def test_a_held_port_is_passed_over() -> None:
    with _listening() as server:
        held = server.getsockname()[1]
        assert not free("127.0.0.1", held)
        assert first_free("127.0.0.1", held) > held


def test_ports_that_are_already_given_away_are_passed_over() -> None:
    first = first_free("127.0.0.1", 42000)
    assert first_free("127.0.0.1", 42000, taken=frozenset({first})) > first


def test_no_free_port_at_all_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no free port"):
        first_free("127.0.0.1", 42000, taken=frozenset(range(42000, 42200)))
