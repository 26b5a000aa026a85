"""A plan as an HTTPRoute, and back."""

from __future__ import annotations

from typing import Any

import pytest

from regrow.rollout.traffic import Arm, TrafficPlan
from regrow.serving.kserve.route import accepted, http_route, plan_of, refusal
from regrow.settings import KServeSettings

SETTINGS = KServeSettings()
PLAN = TrafficPlan(
    version=7,
    model="flights",
    arms=(
        Arm(slot="a", endpoint="flights-a-predictor.regrow-serving.svc:80", version="1.0.0", weight=90),
        Arm(slot="b", endpoint="flights-b-predictor.regrow-serving.svc:80", version="1.1.0", weight=10),
    ),
)


def test_every_backend_has_its_weight_written_out() -> None:
    (rule,) = http_route(SETTINGS, PLAN)["spec"]["rules"]
    assert [(one["name"], one["port"], one["weight"]) for one in rule["backendRefs"]] == [
        ("flights-a-predictor", 80, 90),
        ("flights-b-predictor", 80, 10),
    ]


def test_both_protocols_of_this_model_are_routed_and_nothing_else() -> None:
    (rule,) = http_route(SETTINGS, PLAN)["spec"]["rules"]
    assert [(match["path"]["type"], match["path"]["value"]) for match in rule["matches"]] == [
        ("Exact", "/v1/models/flights"),
        ("Exact", "/v1/models/flights:predict"),
        ("PathPrefix", "/v2/models/flights"),
    ]


def test_answers_name_the_plan_and_callers_cannot_call_themselves_a_probe() -> None:
    (rule,) = http_route(SETTINGS, PLAN)["spec"]["rules"]
    request, response = rule["filters"]
    assert request["requestHeaderModifier"] == {"remove": ["x-regrow-probe"]}
    assert response["responseHeaderModifier"] == {"set": [{"name": "x-regrow-plan", "value": "7"}]}


def test_the_plan_is_read_back_from_the_route_that_it_made() -> None:
    route = http_route(SETTINGS, PLAN)
    assert plan_of(route) == PLAN
    assert plan_of({"metadata": {"name": "flights"}}) is None
    (parent,) = route["spec"]["parentRefs"]
    assert (parent["namespace"], parent["name"]) == ("regrow-gateway", "regrow")


def test_a_header_can_lead_to_each_version_whatever_its_share() -> None:
    *overrides, weighted = http_route(SETTINGS, PLAN, override_header="x-model-version")["spec"]["rules"]
    assert [
        (rule["matches"][0]["headers"][0]["value"], rule["backendRefs"][0]["name"], len(rule["backendRefs"]))
        for rule in overrides
    ] == [("1.0.0", "flights-a-predictor", 1), ("1.1.0", "flights-b-predictor", 1)]
    assert all(rule["backendRefs"][0]["weight"] == 1 for rule in overrides)
    assert "headers" not in weighted["matches"][0]


def route_with(*conditions: dict[str, Any], generation: int = 3) -> dict[str, Any]:
    return {"metadata": {"generation": generation}, "status": {"parents": [{"conditions": list(conditions)}]}}


def a(kind: str, status: str = "True", generation: int = 3, message: str = "") -> dict[str, Any]:
    return {"type": kind, "status": status, "observedGeneration": generation, "message": message}


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        (route_with(a("Accepted"), a("ResolvedRefs")), True),
        (route_with(a("Accepted"), a("ResolvedRefs", generation=2)), False),
        (route_with(a("Accepted"), a("ResolvedRefs", "False")), False),
        (route_with(a("Accepted")), False),
        ({"metadata": {"generation": 1}}, False),
        ({"metadata": {"generation": 1}, "status": {"parents": []}}, False),
    ],
    ids=["both", "of an older generation", "refused", "one is missing", "no status", "no Gateway"],
)
def test_a_route_is_accepted_by_what_was_said_of_this_very_generation(route: dict[str, Any], taken: bool) -> None:
    assert accepted(route) is taken


def test_what_a_gateway_says_against_it_is_told() -> None:
    route = route_with(a("Accepted"), a("ResolvedRefs", "False", message="Service flights-a-predictor not found"))
    assert refusal(route) == "ResolvedRefs: Service flights-a-predictor not found"
    assert refusal(route_with(a("Accepted"))) == ""
