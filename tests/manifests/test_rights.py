"""Who may do what, as it is written: nothing by wildcard, no secret, no way to more rights."""

from __future__ import annotations

from typing import Any

from manifests.manifests_of import called, of_kind

ESCALATING = {"bind", "escalate", "impersonate", "*"}
GUARDED = {
    "secrets",
    "serviceaccounts",
    "serviceaccounts/token",
    "pods/exec",
    "pods/attach",
    "pods/ephemeralcontainers",
}


def test_no_rule_is_a_wildcard() -> None:
    for role, rule in _rules():
        for field in ("apiGroups", "resources", "verbs", "resourceNames"):
            assert "*" not in rule.get(field, []), role


def test_no_role_reads_secrets_enters_pods_or_gives_rights() -> None:
    for role, rule in _rules():
        assert not GUARDED & set(rule["resources"]), role
        assert not ESCALATING & set(rule["verbs"]), role
        assert "rbac.authorization.k8s.io" not in rule["apiGroups"], role


def test_the_deployer_alone_changes_what_is_served() -> None:
    served = {"inferenceservices", "httproutes"}
    may = {role for role, rule in _rules() if served & set(rule["resources"])}
    assert may == {"Role regrow-serving/regrow-deployer"}


def test_trainers_and_servers_have_no_rights_and_no_token() -> None:
    bound = {subject["name"] for binding in _bindings() for subject in binding["subjects"]}
    assert bound == {"regrow-platform", "regrow-deployer"}
    accounts = {called(item): item.get("automountServiceAccountToken", True) for item in of_kind("ServiceAccount")}
    with_token = {name for name, mounted in accounts.items() if mounted}
    assert with_token == {
        "ServiceAccount regrow-system/regrow-platform",
        "ServiceAccount regrow-system/regrow-deployer",
    }


def test_every_binding_is_of_a_role_beside_it_to_an_account_that_is_there() -> None:
    roles = {called(item) for kind in ("Role", "ClusterRole") for item in of_kind(kind)}
    accounts = {called(item) for item in of_kind("ServiceAccount")}
    for binding in _bindings():
        reference, namespace = binding["roleRef"], binding["metadata"].get("namespace", "")
        assert f"{reference['kind']} {namespace}/{reference['name']}" in roles
        for subject in binding["subjects"]:
            assert f"ServiceAccount {subject['namespace']}/{subject['name']}" in accounts


def test_what_reaches_over_the_whole_cluster_is_one_object_by_name() -> None:
    (role,) = of_kind("ClusterRole")
    (rule,) = role["rules"]
    assert (rule["resources"], rule["resourceNames"], rule["verbs"]) == (
        ["clusterstoragecontainers"],
        ["regrow"],
        ["get"],
    )


def _rules() -> list[tuple[str, dict[str, Any]]]:
    return [
        (called(item), rule) for kind in ("Role", "ClusterRole") for item in of_kind(kind) for rule in item["rules"]
    ]


def _bindings() -> list[dict[str, Any]]:
    return [item for kind in ("RoleBinding", "ClusterRoleBinding") for item in of_kind(kind)]
