"""The real API server, held to the contract of a cluster, and what only a real one does."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from contract.cluster_contract import ClusterContract, config_map, pod
from regrow.cluster.kinds import CONFIG_MAP, NAMESPACE, POD, SECRET, SERVICE_ACCOUNT
from regrow.cluster.open import open_cluster
from regrow.cluster.port import Cluster, Kind
from regrow.errors import Refused, Unreachable, UsageError
from support.waiting import wait_for

pytestmark = pytest.mark.lab

QUOTA = Kind(api_version="v1", kind="ResourceQuota", plural="resourcequotas")


@pytest.fixture
def cluster(facts: Any, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setenv("KUBECONFIG", str(facts.kubeconfig))
    return open_cluster()


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    """One that only admits restricted pods."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    cluster.apply(NAMESPACE, {"metadata": {"name": name, "labels": labels}})
    # No pod is admitted before its namespace's account is there.
    wait_for(lambda: cluster.get(SERVICE_ACCOUNT, "default", name), 30, "the account of a new namespace")
    yield name
    cluster.delete(NAMESPACE, name)


class TestApiServer(ClusterContract):
    def test_what_admission_refuses_is_said_in_its_words(self, cluster: Cluster, namespace: str) -> None:
        wide = pod(namespace)
        wide["spec"]["containers"][0]["securityContext"] = {"privileged": True}
        with pytest.raises(Refused, match="PodSecurity"):
            cluster.create(POD, wide)

    def test_what_a_quota_refuses_is_said_in_its_words(self, cluster: Cluster, namespace: str) -> None:
        hard = {"metadata": {"name": "none", "namespace": namespace}, "spec": {"hard": {"secrets": "0"}}}
        cluster.apply(QUOTA, hard)
        # Counted once, it is known to all; before that, admission may not have heard of it.
        wait_for(lambda: (cluster.get(QUOTA, "none", namespace) or {}).get("status", {}).get("hard"), 30, "the quota")
        with pytest.raises(Refused, match="quota"):
            cluster.apply(SECRET, {"metadata": {"name": "keys", "namespace": namespace}})

    def test_a_wrong_field_is_named(self, cluster: Cluster, namespace: str) -> None:
        wrong = pod(namespace)
        wrong["spec"]["containers"][0]["imagePullPolicy"] = "Sometimes"
        with pytest.raises(Refused, match="imagePullPolicy"):
            cluster.create(POD, wrong)

    def test_a_list_of_many_pages_is_whole(
        self, cluster: Cluster, namespace: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("regrow.cluster.client.PAGE", "3")
        for number in range(7):
            cluster.create(CONFIG_MAP, config_map(namespace, f"c-{number}", {"many": "yes"}))
        assert len(cluster.list(CONFIG_MAP, namespace, {"many": "yes"})) == 7

    def test_an_address_where_nobody_listens_is_unreachable(self, cluster: Cluster, monkeypatch: Any) -> None:
        monkeypatch.setattr("regrow.cluster.transport.PAUSE_SECONDS", 0.01)
        cluster._transport.address = "https://127.0.0.1:1"  # type: ignore[attr-defined]
        with pytest.raises(Unreachable, match=r"API server at https://127\.0\.0\.1:1"):
            cluster.list(POD, "default")


def test_a_context_that_is_not_there_is_a_wrong_setting(facts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(facts.kubeconfig))
    with pytest.raises(UsageError, match="nowhere"):
        open_cluster("nowhere")
