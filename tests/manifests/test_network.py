"""The network rules: closed both ways, and then exactly these openings."""

from __future__ import annotations

from typing import Any

import yaml

from manifests.manifests_of import K8S, of_kind, rendered

NAMESPACES = ("regrow-gateway", "regrow-serving", "regrow-steps", "regrow-system")

OPEN = {
    ("regrow-gateway", "in", "anywhere", (10080, 8443)),
    ("regrow-gateway", "out", "regrow-serving", (8080,)),
    ("regrow-gateway", "out", "envoy-gateway-system", (18000,)),
    ("regrow-serving", "in", "envoy-gateway-system, regrow-gateway", (8080,)),
    ("regrow-serving", "in", "monitoring", (8080,)),
    ("regrow-serving", "in", "192.0.2.1/32", (8080,)),
    ("regrow-serving", "out", "0.0.0.0/0", (443, 9000)),
    ("regrow-steps", "out", "0.0.0.0/0", (443, 9000)),
    ("regrow-steps", "out", "0.0.0.0/0", (5432,)),
    ("regrow-system", "in", "itself", ()),
    ("regrow-system", "in", "regrow-steps", (5432,)),
    ("regrow-system", "out", "itself", ()),
    ("regrow-system", "out", "envoy-gateway-system, regrow-gateway", (10080, 8443)),
    ("regrow-system", "out", "0.0.0.0/0", (443, 9000)),
    ("regrow-system", "out", "0.0.0.0/0", (5432,)),
    ("regrow-system", "out", "192.0.2.1/32", (443, 6443)),
} | {(name, "out", "kube-system", (53, 53)) for name in NAMESPACES}
"""Namespace, direction, with whom, over which ports."""


def test_every_namespace_is_closed_both_ways() -> None:
    closed = {item["metadata"]["namespace"]: item["spec"] for item in _policies("default-deny")}
    assert closed.keys() == {item["metadata"]["name"] for item in of_kind("Namespace")} == set(NAMESPACES)
    for spec in closed.values():
        assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_what_is_open_is_this_and_nothing_else() -> None:
    assert {opening for item in of_kind("NetworkPolicy") for opening in _openings(item)} == OPEN


def test_the_addresses_of_one_file_reach_the_rules() -> None:
    (told,) = [one for one in _read("base/addresses.yaml") if one["kind"] == "ConfigMap"]
    blocks = {block for opening in OPEN for block in (opening[2],) if "/" in block}
    assert blocks == set(told["data"].values())
    assert "addresses" not in {item["metadata"]["name"] for item in rendered(K8S / "base")}


def _policies(name: str) -> list[dict[str, Any]]:
    return [item for item in of_kind("NetworkPolicy") if item["metadata"]["name"] == name]


def _openings(item: dict[str, Any]) -> set[tuple[str, str, str, tuple[int, ...]]]:
    namespace, found = item["metadata"]["namespace"], set()
    for direction, field, peers in (("in", "ingress", "from"), ("out", "egress", "to")):
        for rule in item["spec"].get(field, []):
            ports = tuple(port["port"] for port in rule.get("ports", []))
            for peer in rule.get(peers, [{}]):
                found.add((namespace, direction, _who(peer), ports))
    return found


def _who(peer: dict[str, Any]) -> str:
    if "ipBlock" in peer:
        return str(peer["ipBlock"]["cidr"])
    if "namespaceSelector" not in peer:
        return "itself" if peer else "anywhere"
    selector = peer["namespaceSelector"]
    named = [*selector.get("matchLabels", {}).values()]
    named += [value for one in selector.get("matchExpressions", []) for value in one["values"]]
    return ", ".join(named)


def _read(path: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((K8S / path).read_text()))
