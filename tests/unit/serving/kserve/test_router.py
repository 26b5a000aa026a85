"""What the router does beyond its contract: addresses, and what a gateway does not say."""

from __future__ import annotations

from typing import Any

import pytest

from regrow.cluster.kinds import GATEWAY, HTTP_ROUTE
from regrow.errors import Unreachable
from regrow.rollout.traffic import Arm, TrafficPlan
from regrow.serving.kserve.names import endpoint
from regrow.serving.kserve.router import HttpRouteRouter, ask_plan, gateway_address
from support.kserve_twin import SETTINGS, KServeTwin
from support.local_serving import free_port

ARM = Arm(slot="a", endpoint=endpoint("flights", "a", SETTINGS.namespace), version="1.0.0", weight=100)
PLAN = TrafficPlan(version=2, model="flights", arms=(ARM,))


@pytest.fixture
def twin() -> KServeTwin:
    return KServeTwin()


@pytest.mark.parametrize(
    ("listener", "address"),
    [
        ({"port": 80, "protocol": "HTTP"}, "http://10.1.2.3"),
        ({"port": 8080, "protocol": "HTTP"}, "http://10.1.2.3:8080"),
        ({"port": 443, "protocol": "HTTPS"}, "https://10.1.2.3"),
    ],
)
def test_callers_come_by_the_gateways_first_address(listener: dict[str, Any], address: str) -> None:
    gateway = {"spec": {"listeners": [listener]}, "status": {"addresses": [{"value": "10.1.2.3"}]}}
    assert gateway_address(gateway, "regrow-gateway/regrow") == address


def test_a_gateway_without_an_address_is_told_with_what_helps() -> None:
    with pytest.raises(Unreachable, match="it is not there; `kubectl apply -k k8s/kserve` makes it"):
        gateway_address(None, "regrow-gateway/regrow")
    with pytest.raises(Unreachable, match="it has no address yet"):
        gateway_address({"spec": {"listeners": []}}, "regrow-gateway/regrow")


def test_an_address_of_the_settings_comes_first(twin: KServeTwin) -> None:
    settings = SETTINGS.model_copy(update={"address": "https://models.example.com"})
    assert HttpRouteRouter(twin.cluster, settings).address("flights") == "https://models.example.com/v2/models/flights"


def test_a_plan_is_in_force_only_once_every_answer_names_it(twin: KServeTwin) -> None:
    answers = ["2", "2", "1", "2", "2"]
    router = HttpRouteRouter(twin.cluster, SETTINGS, ask=lambda address: answers.pop(0))
    router.apply(PLAN)
    assert not router.applied(PLAN), "no Gateway has said anything"
    twin.step()
    assert not router.applied(PLAN), "one of the gateway's processes is behind"
    answers = ["2"] * 5
    assert router.applied(PLAN)
    assert answers == []


def test_a_gateway_that_is_away_confirms_nothing(twin: KServeTwin) -> None:
    settings = SETTINGS.model_copy(update={"address": f"http://127.0.0.1:{free_port()}"})
    router = HttpRouteRouter(twin.cluster, settings)
    router.apply(PLAN)
    twin.step()
    assert not router.applied(PLAN)
    with pytest.raises(Unreachable, match="the gateway at"):
        ask_plan(router.address("flights"))
    twin.cluster.delete(GATEWAY, "regrow", "regrow-gateway")
    assert not HttpRouteRouter(twin.cluster, SETTINGS, ask=twin.ask).applied(PLAN)


def test_what_the_gateway_says_against_a_route_is_told(twin: KServeTwin) -> None:
    router = HttpRouteRouter(twin.cluster, SETTINGS, ask=twin.ask)
    assert router.refusal("flights") == ""
    router.apply(PLAN)
    no = [{"type": "ResolvedRefs", "status": "False", "message": "no such Service"}]
    twin.cluster.happen(HTTP_ROUTE, "flights", SETTINGS.namespace, status={"parents": [{"conditions": no}]})
    assert router.refusal("flights") == "ResolvedRefs: no such Service"
