"""What every cluster does. Subclass, and give the fixtures `cluster` and `namespace`, which is there and ours alone."""

from __future__ import annotations

from typing import Any

import pytest

from regrow.cluster.kinds import CONFIG_MAP, NAMESPACE, POD, SECRET
from regrow.cluster.port import Cluster, Kind, Object
from regrow.errors import Conflict, Refused

UNKNOWN = Kind(api_version="nobody.example/v1", kind="Unheard", plural="unheards")


def config_map(namespace: str, name: str = "one", labels: dict[str, str] | None = None, **data: str) -> Object:
    return {"metadata": {"name": name, "namespace": namespace, "labels": labels or {"is": "test"}}, "data": data}


def pod(namespace: str, name: str = "lonely") -> Object:
    """One that no node takes."""
    spec: dict[str, Any] = {"nodeSelector": {"no": "node"}, "containers": [{"name": "step", "image": "localhost/none"}]}
    spec["automountServiceAccountToken"] = False
    spec["securityContext"] = {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}}
    spec["containers"][0]["securityContext"] = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }
    return {"metadata": {"name": name, "namespace": namespace}, "spec": spec}


class ClusterContract:
    def test_what_is_not_there_is_none_and_deleting_it_is_false(self, cluster: Cluster, namespace: str) -> None:
        assert cluster.get(CONFIG_MAP, "one", namespace) is None
        assert cluster.delete(CONFIG_MAP, "one", namespace) is False

    def test_what_was_created_is_got_with_a_uid_and_its_kind(self, cluster: Cluster, namespace: str) -> None:
        created = cluster.create(CONFIG_MAP, config_map(namespace, a="1"))
        found = cluster.get(CONFIG_MAP, "one", namespace)
        assert found is not None
        assert (found["apiVersion"], found["kind"], found["data"]) == ("v1", "ConfigMap", {"a": "1"})
        assert found["metadata"]["uid"] == created["metadata"]["uid"] != ""

    def test_a_taken_name_is_a_conflict_and_the_first_stays(self, cluster: Cluster, namespace: str) -> None:
        cluster.create(CONFIG_MAP, config_map(namespace, a="1"))
        with pytest.raises(Conflict, match=f"ConfigMap {namespace}/one"):
            cluster.create(CONFIG_MAP, config_map(namespace, a="2"))
        assert cluster.get(CONFIG_MAP, "one", namespace)["data"] == {"a": "1"}  # type: ignore[index]

    def test_a_namespace_that_is_not_there_refuses_in_words(self, cluster: Cluster, namespace: str) -> None:
        with pytest.raises(Refused, match="not found"):
            cluster.create(CONFIG_MAP, config_map(f"{namespace}-not"))

    def test_a_kind_that_the_cluster_does_not_know_is_said(self, cluster: Cluster, namespace: str) -> None:
        assert not cluster.serves(UNKNOWN)
        assert cluster.serves(CONFIG_MAP)
        assert cluster.get(UNKNOWN, "one", namespace) is None
        with pytest.raises(Refused, match="Unheard"):
            cluster.create(UNKNOWN, config_map(namespace))

    def test_lists_are_sorted_and_chosen_by_labels(self, cluster: Cluster, namespace: str) -> None:
        for name, colour in (("c", "red"), ("a", "red"), ("b", "blue")):
            cluster.create(CONFIG_MAP, config_map(namespace, name, {"colour": colour, "shape": "round"}))
        red = cluster.list(CONFIG_MAP, namespace, {"colour": "red", "shape": "round"})
        assert [(item["kind"], item["metadata"]["name"]) for item in red] == [("ConfigMap", "a"), ("ConfigMap", "c")]
        assert cluster.list(CONFIG_MAP, namespace, {"colour": "green"}) == ()
        assert {item["metadata"]["name"] for item in cluster.list(CONFIG_MAP, namespace)} >= {"a", "b", "c"}

    def test_a_list_without_a_namespace_has_all_namespaces(self, cluster: Cluster, namespace: str) -> None:
        cluster.create(CONFIG_MAP, config_map(namespace, labels={"only": namespace}))
        (found,) = cluster.list(CONFIG_MAP, labels={"only": namespace})
        assert found["metadata"]["namespace"] == namespace

    def test_pods_are_chosen_by_fields(self, cluster: Cluster, namespace: str) -> None:
        cluster.create(POD, pod(namespace, "one"))
        cluster.create(POD, pod(namespace, "two"))
        (found,) = cluster.list(POD, namespace, fields={"metadata.name": "two"})
        assert found["metadata"]["name"] == "two"

    def test_what_was_deleted_is_gone(self, cluster: Cluster, namespace: str) -> None:
        cluster.create(CONFIG_MAP, config_map(namespace))
        assert cluster.delete(CONFIG_MAP, "one", namespace) is True
        assert cluster.get(CONFIG_MAP, "one", namespace) is None

    def test_only_the_very_object_is_deleted_by_its_uid(self, cluster: Cluster, namespace: str) -> None:
        old = cluster.create(POD, pod(namespace))["metadata"]["uid"]
        cluster.delete(POD, "lonely", namespace, grace_seconds=0, uid=old)
        cluster.create(POD, pod(namespace))
        with pytest.raises(Conflict):
            cluster.delete(POD, "lonely", namespace, uid=old)
        assert cluster.get(POD, "lonely", namespace) is not None

    def test_apply_creates_changes_and_removes_what_is_no_longer_named(self, cluster: Cluster, namespace: str) -> None:
        cluster.apply(CONFIG_MAP, config_map(namespace, a="1", b="1"))
        cluster.apply(CONFIG_MAP, config_map(namespace, a="2"))
        assert cluster.get(CONFIG_MAP, "one", namespace)["data"] == {"a": "2"}  # type: ignore[index]

    def test_the_same_apply_again_changes_nothing(self, cluster: Cluster, namespace: str) -> None:
        first = cluster.apply(CONFIG_MAP, config_map(namespace, a="1"))
        again = cluster.apply(CONFIG_MAP, config_map(namespace, a="1"))
        assert (again["metadata"]["uid"], again["data"]) == (first["metadata"]["uid"], first["data"])

    def test_what_another_manager_set_is_a_conflict_unless_forced(self, cluster: Cluster, namespace: str) -> None:
        """Creating and applying are two managers, whatever they are called."""
        cluster.create(CONFIG_MAP, config_map(namespace, theirs="1", kept="1"))
        with pytest.raises(Conflict, match="theirs"):
            cluster.apply(CONFIG_MAP, config_map(namespace, theirs="2"))
        assert cluster.apply(CONFIG_MAP, config_map(namespace, theirs="1"))["data"] == {"theirs": "1", "kept": "1"}
        forced = cluster.apply(CONFIG_MAP, config_map(namespace, theirs="2"), force=True)
        assert forced["data"] == {"theirs": "2", "kept": "1"}

    def test_what_is_not_namespaced_needs_no_namespace(self, cluster: Cluster, namespace: str) -> None:
        found = cluster.apply(NAMESPACE, {"metadata": {"name": f"{namespace}-more"}})
        assert found["metadata"]["name"] == f"{namespace}-more"
        cluster.delete(NAMESPACE, f"{namespace}-more")

    def test_a_secret_is_got_as_it_was_applied(self, cluster: Cluster, namespace: str) -> None:
        cluster.apply(SECRET, {"metadata": {"name": "keys", "namespace": namespace}, "data": {"a": "MQ=="}})
        assert cluster.get(SECRET, "keys", namespace)["data"] == {"a": "MQ=="}  # type: ignore[index]

    def test_a_pod_that_did_not_start_has_no_log(self, cluster: Cluster, namespace: str) -> None:
        assert cluster.log(namespace, "lonely") == ""
        cluster.create(POD, pod(namespace))
        assert cluster.log(namespace, "lonely") == ""

    def test_a_service_that_is_not_there_does_not_answer_through_the_proxy(
        self, cluster: Cluster, namespace: str
    ) -> None:
        assert cluster.proxy(namespace, "services/nobody:80", "/v2/health/live").status in (404, 503)
