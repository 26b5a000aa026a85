"""The manifest of a step's pod."""

from __future__ import annotations

import re
from typing import Any

import pytest

from contract.runner_contract import ask
from regrow.settings import KubernetesSettings
from regrow.spec.model import Pods, Toleration
from regrow.steps.contract import StepRequest
from regrow.steps.pods.pod import deadline_seconds, labels_of_run, manifest, pod_name

SETTINGS = KubernetesSettings(namespace="steps", secret="keys", image="trainer:1", deadline_seconds=3600)
BATCH = "b" * 64


def a_trial(**changes: Any) -> StepRequest:
    known = {"kind": "trial", "step": "trial r0 k03", "fingerprint": "ab" * 32, "timeout_seconds": 600.0}
    return ask().model_copy(update={**known, **changes})


def made(requests: list[StepRequest], pods: Pods | None = None, **settings: Any) -> dict[str, Any]:
    """`pods` as a request carries them."""
    wanted = (pods or Pods()).model_dump(mode="json", exclude_defaults=True)
    asked = [request.model_copy(update={"pods": wanted}) for request in requests]
    return manifest(asked, BATCH, SETTINGS.model_copy(update=settings))


def container(pod: dict[str, Any]) -> dict[str, Any]:
    (one,) = pod["spec"]["containers"]
    found: dict[str, Any] = one
    return found


def test_it_runs_the_batch_and_never_by_itself_again() -> None:
    pod = made([a_trial()])
    assert container(pod)["command"] == ["python", "-m", "regrow", "step", f"store:{BATCH}"]
    assert (container(pod)["image"], pod["spec"]["restartPolicy"]) == ("trainer:1", "Never")


def test_it_is_as_restricted_as_can_be() -> None:
    pod = made([a_trial()])
    spec, inner = pod["spec"], container(pod)["securityContext"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == 65532
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert inner["capabilities"] == {"drop": ["ALL"]}
    assert (inner["allowPrivilegeEscalation"], inner["readOnlyRootFilesystem"]) == (False, True)
    assert (spec["automountServiceAccountToken"], spec["enableServiceLinks"]) == (False, False)
    assert [volume["emptyDir"] for volume in spec["volumes"]] == [{}]


def test_addresses_and_credentials_come_from_the_secret_alone() -> None:
    inner = container(made([a_trial()]))
    assert inner["envFrom"] == [{"secretRef": {"name": "keys"}}]
    names = {one["name"] for one in inner["env"]}
    assert {"HOME", "TMPDIR", "REGROW_HOME", "REGROW_RESULT_FILE", "OMP_NUM_THREADS"} <= names
    assert not {name for name in names if "URL" in name or "KEY" in name}


def test_the_digest_of_a_pinned_image_is_recorded() -> None:
    inner = container(made([a_trial()], image="registry.example/trainer@sha256:12"))
    assert {"name": "REGROW_IMAGE_DIGEST", "value": "sha256:12"} in inner["env"]


def test_memory_is_asked_for_and_limited_and_the_processor_only_asked_for() -> None:
    resources = container(made([a_trial()], Pods(cpu="2", memory="4Gi")))["resources"]
    assert resources == {"requests": {"cpu": "2", "memory": "4Gi"}, "limits": {"memory": "4Gi"}}


def test_only_a_trial_gets_the_gpu() -> None:
    pods = Pods(gpu=2, gpu_resource="example.com/gpu")
    assert container(made([a_trial()], pods))["resources"]["limits"]["example.com/gpu"] == "2"
    assert "example.com/gpu" not in container(made([a_trial(kind="split")], pods))["resources"]["limits"]


def test_the_specs_wishes_are_the_pods() -> None:
    tolerated = Toleration(key="dedicated", value="training", effect="NoSchedule")
    pods = Pods(node_selector={"pool": "x"}, tolerations=(tolerated,), priority_class="urgent", service_account="me")
    spec = made([a_trial()], pods)["spec"]
    assert (spec["nodeSelector"], spec["priorityClassName"], spec["serviceAccountName"]) == (
        {"pool": "x"},
        "urgent",
        "me",
    )
    assert spec["tolerations"][0] == {
        "key": "dedicated",
        "operator": "Equal",
        "value": "training",
        "effect": "NoSchedule",
    }


def test_without_wishes_it_is_the_platforms_account_and_no_priority() -> None:
    spec = made([a_trial()])["spec"]
    assert spec["serviceAccountName"] == "regrow-trainer"
    assert "priorityClassName" not in spec


def test_a_silent_node_loses_its_pods_after_a_minute() -> None:
    silence = {one["key"]: one["tolerationSeconds"] for one in made([a_trial()])["spec"]["tolerations"]}
    assert silence == {"node.kubernetes.io/not-ready": 60, "node.kubernetes.io/unreachable": 60}


@pytest.mark.parametrize(
    ("limits", "seconds"),
    [([600.0], 660), ([600.0, 60.0], 720), ([0.0], 3600), ([0.0, 600.0], 3600), ([0.0, 7200.0], 7260)],
)
def test_its_life_is_what_its_steps_may_take(limits: list[float], seconds: float) -> None:
    assert deadline_seconds([a_trial(timeout_seconds=limit) for limit in limits], SETTINGS) == seconds


def test_labels_are_valid_and_annotations_tell_all() -> None:
    request = a_trial(run_id="flights/manual__2026-01-01T00:00:00+00:00", step="features 2013-02-08")
    metadata = made([request])["metadata"]
    for value in metadata["labels"].values():
        assert re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9_.-]{0,61})?[A-Za-z0-9]", value), value
    assert metadata["labels"].items() >= labels_of_run(request.run_id).items()
    assert metadata["labels"]["regrow.dev/step"] == "features-2013-02-08"
    assert metadata["labels"]["regrow.dev/fingerprint"] == "ab" * 8
    assert metadata["annotations"]["regrow.dev/run"] == request.run_id
    assert metadata["annotations"]["regrow.dev/step"] == request.step


def test_the_same_steps_of_the_same_run_have_one_name() -> None:
    assert pod_name([a_trial()]) == pod_name([a_trial(pods={"cpu": "4"})])
    others = [a_trial(run_id="toy/2"), a_trial(fingerprint="cd" * 32)]
    assert len({pod_name([one]) for one in (a_trial(), *others)} | {pod_name([a_trial(), others[1]])}) == 4


@pytest.mark.parametrize("pipeline", ["toy", "a" * 53, "a" * 33 + "-" + "b" * 19])
@pytest.mark.parametrize("kind", ["trial", "features"])
def test_names_are_dns_labels(pipeline: str, kind: str) -> None:
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", pod_name([a_trial(pipeline=pipeline, kind=kind)]))
