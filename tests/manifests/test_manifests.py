"""The manifests in k8s/, as a cluster would get them, without a cluster."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from manifests.manifests_of import K8S, ROOT, called, containers, everything, of_kind, rendered
from manifests.restricted import lacking
from manifests.schemas import problems
from regrow.settings import KServeSettings, KubernetesSettings

NAMESPACES = {"regrow-system", "regrow-steps", "regrow-serving", "regrow-gateway"}
IMAGES = {"regrow-trainer", "regrow-predictor", "regrow-platform"}


@pytest.mark.parametrize("path", sorted(K8S.rglob("*.yaml")), ids=lambda path: str(path.relative_to(K8S)))
def test_every_file_parses_and_says_at_its_top_what_it_is_for(path: Path) -> None:
    assert list(yaml.safe_load_all(path.read_text()))
    assert path.read_text().startswith("# ")


def test_every_file_is_used() -> None:
    named = {
        (file.parent / name).resolve()
        for file in K8S.rglob("kustomization.yaml")
        for name in _named(yaml.safe_load(file.read_text()))
    }
    files = {path for path in K8S.rglob("*.yaml") if path.name != "kustomization.yaml"}
    assert files == {path for path in named if path.is_file()}


def test_every_object_fits_the_schema_of_its_kind() -> None:
    found = {called(item): problems(item) for item in everything()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_each_object_is_named_once() -> None:
    names = [(item["apiVersion"].partition("/")[0], called(item)) for item in everything()]
    assert len(names) == len(set(names))


def test_every_namespace_admits_restricted_pods_alone() -> None:
    found = {item["metadata"]["name"]: item["metadata"]["labels"] for item in of_kind("Namespace")}
    assert found.keys() == NAMESPACES
    for labels in found.values():
        assert [labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "warn", "audit")] == [
            "restricted"
        ] * 3


def test_every_container_is_confined() -> None:
    found = containers()
    assert len(found) == 2
    assert {name: lacking(container) for name, container in found.items() if lacking(container)} == {}


def test_no_secret_is_committed_and_nothing_but_a_name_points_at_one() -> None:
    assert of_kind("Secret") == []
    assert [one["envFrom"] for one in containers().values() if "envFrom" in one] == [
        [{"secretRef": {"name": "regrow-serving"}}]
    ]


def test_images_are_named_in_one_place_alone() -> None:
    component = yaml.safe_load((K8S / "images" / "kustomization.yaml").read_text())
    assert {image["name"] for image in component["images"]} == IMAGES
    others = [path for path in K8S.rglob("*.yaml") if "localhost/" in path.read_text() and path.parent.name != "images"]
    assert others == []
    assert not any("latest" in str(image) for image in component["images"])


def test_a_release_names_every_image_by_its_digest(tmp_path: Path) -> None:
    copy = tmp_path / "k8s"
    shutil.copytree(K8S, copy)
    file = copy / "images" / "kustomization.yaml"
    component = yaml.safe_load(file.read_text())
    component["images"] = [
        {"name": name, "newName": f"registry.example.com/{name}", "digest": f"sha256:{'0' * 64}"} for name in IMAGES
    ]
    file.write_text(yaml.safe_dump(component))
    text = "\n".join(str(item) for name in ("base", "kserve") for item in rendered(copy / name))
    assert "localhost/" not in text
    assert text.count(f"registry.example.com/regrow-predictor@sha256:{'0' * 64}") == 2
    assert text.count(f"registry.example.com/regrow-trainer@sha256:{'0' * 64}") == 1


def test_the_defaults_of_the_settings_are_the_names_that_the_manifests_give() -> None:
    names = {called(item) for item in everything()}
    steps, serving = KubernetesSettings(), KServeSettings()
    assert f"ServiceAccount {steps.namespace}/{steps.service_account}" in names
    assert f"ServingRuntime {serving.namespace}/{serving.runtime}" in names
    assert f"Gateway {serving.gateway}" in names
    (told,) = of_kind("ConfigMap")
    assert told["data"]["REGROW_KUBERNETES__IMAGE"] == steps.image


def test_the_build_takes_what_the_dockerfile_copies() -> None:
    kept = tuple(line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!"))
    copied = [
        word
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert [word for word in copied if not any(word == one or word.startswith(f"{one}/") for one in kept)] == []
    assert [word for word in copied if not (ROOT / word).exists()] == []


def _named(kustomization: dict[str, object]) -> list[str]:
    listed = [*_words(kustomization, "resources"), *_words(kustomization, "configurations")]
    replacements = kustomization.get("replacements", [])
    assert isinstance(replacements, list)
    return [*listed, *(one["path"] for one in replacements)]


def _words(kustomization: dict[str, object], field: str) -> list[str]:
    found = kustomization.get(field, [])
    assert isinstance(found, list)
    return found
