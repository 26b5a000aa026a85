"""k8s/ against a real API server: what it admits, what it refuses, and who may do what."""

from __future__ import annotations

import copy
import itertools
import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from urllib3 import HTTPHeaderDict

from lab import rights
from manifests.manifests_of import K8S, Object, of_kind
from regrow.cluster.kinds import INFERENCE_SERVICE, POD, SECRET
from regrow.cluster.open import open_cluster
from regrow.cluster.port import Cluster, Kind
from regrow.errors import Refused
from regrow.settings import KubernetesSettings
from regrow.steps.contract import StepRequest
from regrow.steps.pods.pod import manifest

pytestmark = pytest.mark.lab

Change = Callable[[Object], None]


@pytest.fixture(scope="module")
def kubectl(facts: Any) -> Callable[..., str]:
    def run(*words: str, given: str | None = None) -> str:
        command = [str(facts.kubectl), "--kubeconfig", str(facts.kubeconfig), *words]
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def api(facts: Any, kubectl: Callable[..., str]) -> Iterator[Any]:
    """The administrator's client, once k8s/base is in place."""
    from kubernetes import config

    kubectl("apply", "--server-side", "-k", str(K8S / "base"))
    client = config.new_client_from_config(str(facts.kubeconfig))
    yield client
    client.close()


@pytest.mark.parametrize("folder", ["base", "kserve"])
def test_the_api_server_admits_every_object(api: Any, facts: Any, kubectl: Callable[..., str], folder: str) -> None:
    if folder == "kserve" and not {"kserve", "envoy-gateway"} <= set(facts.components):
        pytest.skip("this lab runs without KServe or Envoy Gateway: make lab")
    listed = kubectl("kustomize", str(K8S / folder)).count("\nkind: ")
    said = kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "-k", str(K8S / folder))
    assert said.count("serverside-applied (server dry run)") == listed


def step_pod() -> Object:
    request = StepRequest(
        kind="trial",
        step="trial r0 k00",
        params={},
        seed=0,
        pipeline="flights",
        spec_digest="2" * 64,
        run_id="manual__1",
        fingerprint="0" * 64,
        pods={"priority_class": "regrow-training"},
    )
    return manifest([request], "1" * 64, KubernetesSettings())


def model_pod() -> Object:
    """As KServe puts it together: its own container with ours merged over it, and one before that fetches."""
    (runtime,), (storage,) = of_kind("ServingRuntime"), of_kind("ClusterStorageContainer")
    models = {"name": "kserve-provision-location", "mountPath": "/mnt/models"}
    main, first = copy.deepcopy(runtime["spec"]["containers"][0]), copy.deepcopy(storage["spec"]["container"])
    first["args"] = [f"regrow://{'1' * 64}", "/mnt/models"]
    for container, read_only in ((main, True), (first, False)):
        container["volumeMounts"].append({**models, "readOnly": read_only})
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "flights-a-predictor", "namespace": "regrow-serving"},
        "spec": {
            "serviceAccountName": "regrow-server",
            "priorityClassName": "regrow-serving",
            "initContainers": [first],
            "containers": [main],
            "volumes": [*runtime["spec"]["volumes"], {"name": models["name"], "emptyDir": {}}],
        },
    }


def privileged(pod: Object) -> None:
    pod["spec"]["containers"][0]["securityContext"]["privileged"] = True
    del pod["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"]


def as_root(pod: Object) -> None:
    pod["spec"].pop("securityContext", None)
    pod["spec"]["containers"][0]["securityContext"] |= {"runAsUser": 0, "runAsNonRoot": False}


def with_a_capability(pod: Object) -> None:
    pod["spec"]["containers"][0]["securityContext"]["capabilities"] = {"drop": ["ALL"], "add": ["NET_ADMIN"]}


def on_the_nodes_network(pod: Object) -> None:
    pod["spec"]["hostNetwork"] = True


def with_a_folder_of_the_node(pod: Object) -> None:
    pod["spec"]["volumes"].append({"name": "node", "hostPath": {"path": "/"}})


def unconfined(pod: Object) -> None:
    for part in (pod["spec"], *pod["spec"]["containers"]):
        part.get("securityContext", {}).pop("seccompProfile", None)


WORKLOADS = (step_pod, model_pod)
VARIANTS = (privileged, as_root, with_a_capability, on_the_nodes_network, with_a_folder_of_the_node, unconfined)


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda one: one.__name__)
def test_each_workload_is_admitted(api: Any, workload: Callable[[], Object]) -> None:
    made = _dry_run(api, workload())
    assert made.spec.priority > 0


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda one: one.__name__)
def test_the_same_workload_with_more_power_is_refused(
    api: Any, workload: Callable[[], Object], variant: Change
) -> None:
    from kubernetes.client import ApiException

    pod = workload()
    variant(pod)
    with pytest.raises(ApiException) as refused:
        _dry_run(api, pod)
    assert refused.value.status == 403
    assert 'violates PodSecurity "restricted' in json.loads(refused.value.body)["message"]


def _dry_run(api: Any, pod: Object) -> Any:
    from kubernetes.client import CoreV1Api

    return CoreV1Api(api).create_namespaced_pod(pod["metadata"]["namespace"], pod, dry_run="All")


def test_each_account_may_do_what_the_table_says_and_no_other_account_may(api: Any) -> None:
    expected = rights.expected()
    verbs = sorted({(resource, verb) for _, _, resource, verb in expected})
    asked = [
        (account, namespace, resource, verb)
        for account, namespace, (resource, verb) in itertools.product(rights.ACCOUNTS, rights.NAMESPACES, verbs)
    ]
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda one: _may(api, *one), asked)
        assert {one for one, may in zip(asked, answers, strict=True) if may} == expected


@pytest.mark.parametrize("account", rights.ACCOUNTS)
def test_an_account_has_no_right_beyond_the_table(api: Any, account: str) -> None:
    for namespace in rights.NAMESPACES:
        beyond = _rules(api, account, namespace) - _rules(api, "nobody", namespace)
        table = {
            (resource, "", verb)
            for who, where, resource, verb in rights.expected()
            if (who, where) == (account, namespace)
        }
        assert beyond == table | rights.NAMED.get(account, set())


def test_the_deployer_reads_what_it_is_given_by_name_and_nothing_beside_it(api: Any, facts: Any) -> None:
    storage, configuration = ("serving.kserve.io", "clusterstoragecontainers"), ("", "configmaps")
    assert _may(api, "regrow-deployer", "", storage, "get", "regrow")
    assert not _may(api, "regrow-deployer", "", storage, "get", "default")
    assert not _may(api, "regrow-deployer", "kserve", configuration, "get", "kube-root-ca.crt")
    if "kserve" in facts.components:
        assert _may(api, "regrow-deployer", "kserve", configuration, "get", "inferenceservice-config")


def _may(api: Any, account: str, namespace: str, resource: rights.Resource, verb: str, name: str = "") -> bool:
    from kubernetes.client import AuthorizationV1Api

    kind, _, part = resource[1].partition("/")
    wanted = {"namespace": namespace, "group": resource[0], "resource": kind, "verb": verb}
    wanted |= {field: value for field, value in (("subresource", part), ("name", name)) if value}
    user, groups = rights.identity(account)
    review = {"spec": {"user": user, "groups": groups, "resourceAttributes": wanted}}
    return bool(AuthorizationV1Api(api).create_subject_access_review(review).status.allowed)


def _rules(api: Any, account: str, namespace: str) -> set[tuple[rights.Resource, str, str]]:
    """Resource, name and verb of all that the account may do there, as the API server lists it."""
    user, groups = rights.identity(account)
    token = api.configuration.get_api_key_with_prefix("BearerToken")
    as_groups = (("Impersonate-Group", group) for group in groups)
    answer = api.rest_client.pool_manager.request(
        "POST",
        f"{api.configuration.host}/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
        json={"spec": {"namespace": namespace}},
        headers=HTTPHeaderDict([("Authorization", token), ("Impersonate-User", user), *as_groups]),
    )
    assert answer.status == 201, answer.data
    return {
        ((group, resource), name, verb)
        for rule in answer.json()["status"]["resourceRules"]
        for group, resource, name, verb in itertools.product(
            rule["apiGroups"], rule["resources"], rule.get("resourceNames") or [""], rule["verbs"]
        )
    }


@pytest.fixture
def as_account(api: Any, facts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Cluster]:
    """Our own client, with a token of the account instead of the administrator's."""
    from kubernetes.client import CoreV1Api

    def opened(account: str) -> Cluster:
        request = {"spec": {"expirationSeconds": 600}}
        answer = CoreV1Api(api).create_namespaced_service_account_token(account, rights.ACCOUNTS[account], request)
        content = json.loads(Path(facts.kubeconfig).read_text())
        content["users"] = [{"name": user["name"], "user": {"token": answer.status.token}} for user in content["users"]]
        file = tmp_path / account
        file.write_text(json.dumps(content))
        monkeypatch.setenv("KUBECONFIG", str(file))
        return open_cluster()

    return opened


def test_an_account_without_rights_is_refused_in_words(as_account: Callable[[str], Cluster]) -> None:
    trainer = as_account("regrow-trainer")
    with pytest.raises(
        Refused, match='"system:serviceaccount:regrow-steps:regrow-trainer" cannot create resource "pods"'
    ):
        trainer.create(POD, step_pod())
    with pytest.raises(Refused, match='cannot list resource "secrets"'):
        trainer.list(SECRET, "regrow-steps")


def test_the_platform_starts_steps_and_serves_nothing(as_account: Callable[[str], Cluster]) -> None:
    platform = as_account("regrow-platform")
    assert platform.list(POD, "regrow-steps") is not None
    _refuses(platform, POD, "regrow-serving")
    _refuses(platform, INFERENCE_SERVICE, "regrow-serving")


def test_the_deployer_serves_and_starts_no_steps(as_account: Callable[[str], Cluster]) -> None:
    deployer = as_account("regrow-deployer")
    assert deployer.list(POD, "regrow-serving") is not None
    _refuses(deployer, POD, "regrow-steps")
    _refuses(deployer, SECRET, "regrow-serving")


def _refuses(cluster: Cluster, kind: Kind, namespace: str) -> None:
    with pytest.raises(Refused, match=f'cannot list resource "{kind.plural}"'):
        cluster.list(kind, namespace)
