"""Who may do what, as one table; whatever is not in it is forbidden."""

from __future__ import annotations

Resource = tuple[str, str]
"""API group and plural."""
Right = tuple[str, str, Resource, str]
"""Account, namespace, resource and verb."""

ACCOUNTS = {
    "regrow-platform": "regrow-system",
    "regrow-deployer": "regrow-system",
    "regrow-trainer": "regrow-steps",
    "regrow-server": "regrow-serving",
}
"""Account to its namespace."""

NAMESPACES = ("regrow-system", "regrow-steps", "regrow-serving", "regrow-gateway", "kube-system")

_KSERVE, _GATEWAY = "serving.kserve.io", "gateway.networking.k8s.io"

MAY = {
    ("regrow-platform", "regrow-steps"): {
        ("", "pods"): "create delete get list watch",
        ("", "pods/log"): "get",
        ("", "events"): "get list watch",
    },
    ("regrow-deployer", "regrow-serving"): {
        (_KSERVE, "inferenceservices"): "create delete get list patch watch",
        (_KSERVE, "servingruntimes"): "get",
        (_GATEWAY, "httproutes"): "create delete get list patch",
        ("apps", "deployments"): "get list",
        ("", "pods"): "get list",
        ("", "pods/log"): "get",
        ("", "pods/proxy"): "create get",
        ("", "services/proxy"): "create get",
    },
    ("regrow-deployer", "regrow-gateway"): {(_GATEWAY, "gateways"): "get"},
}
"""(account, namespace) to what it may do there."""

NAMED = {
    "regrow-deployer": {((_KSERVE, "clusterstoragecontainers"), "regrow", "get")},
}
"""Beside it, everywhere: single objects of the whole cluster."""


def identity(account: str) -> tuple[str, list[str]]:
    """User and groups of an account, as its tokens say them. An unknown one has no rights."""
    namespace = ACCOUNTS.get(account, "default")
    groups = ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"]
    return f"system:serviceaccount:{namespace}:{account}", groups


def expected() -> set[Right]:
    return {
        (account, namespace, resource, verb)
        for (account, namespace), what in MAY.items()
        for resource, verbs in what.items()
        for verb in verbs.split()
    }
