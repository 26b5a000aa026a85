"""Ports that are free, and kept."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from regrow.serving.local.place import envoy_place
from regrow.serving.local.ports import NoFreePort, first_free, own_order
from regrow.settings import Settings


def test_a_port_that_is_held_or_promised_is_passed_over() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        with pytest.raises(NoFreePort, match=r"127\.0\.0\.1"):
            first_free((port,))
    assert first_free((port,)) == port
    with pytest.raises(NoFreePort):
        first_free((port,), taken=frozenset({port}))


def test_each_home_looks_for_ports_in_an_order_of_its_own() -> None:
    ports = range(100, 200)
    orders = [own_order(ports, f"/home/{name}") for name in "abcdefgh"]
    assert all(sorted(order) == list(ports) for order in orders)
    assert len({order[0] for order in orders}) > 4
    assert own_order(ports, "/home/a") == orders[0]


def test_envoy_listens_where_the_homes_ports_say(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert envoy_place(settings).port == 8088
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "ports.json").write_text('{"airflow": 1, "envoy": 8099, "envoy_admin": 9902}')
    place = envoy_place(settings)
    assert (place.port, place.admin_port, place.host) == (8099, 9902, "127.0.0.1")
