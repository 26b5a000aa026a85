"""The restricted Pod Security Standard and what we ask beyond it, of one container as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WANTED = {
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "readOnlyRootFilesystem": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def lacking(container: Mapping[str, Any], pod: Mapping[str, Any] | None = None) -> list[str]:
    """What it does not say; a pod's own security context counts for all of its containers."""
    said = {**(pod or {}).get("securityContext", {}), **container.get("securityContext", {})}
    return [f"{name} is {said.get(name)!r}" for name, value in WANTED.items() if said.get(name) != value]
