"""Which cluster a process may talk to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from regrow.cluster.client import ApiCluster
from regrow.cluster.open import open_cluster
from regrow.errors import UsageError


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def kubeconfig(folder: Path) -> Path:
    """Two clusters, the first is current."""
    names = ("one", "two")
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "one",
        "clusters": [{"name": name, "cluster": {"server": f"https://{name}.example"}} for name in names],
        "users": [{"name": "me", "user": {"token": "none"}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "me"}} for name in names],
    }
    path = folder / "config"
    path.write_text(json.dumps(document))
    return path


def address(cluster: object) -> str:
    assert isinstance(cluster, ApiCluster)
    return cluster._transport.address


def test_the_current_context_or_the_named_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig(tmp_path)))
    assert address(open_cluster()) == "https://one.example"
    assert address(open_cluster("two")) == "https://two.example"


def test_a_context_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig(tmp_path)))
    with pytest.raises(UsageError, match="three"):
        open_cluster("three")


def test_without_any_the_next_step_is_said() -> None:
    with pytest.raises(UsageError, match="REGROW_RUNNER=process"):
        open_cluster()
