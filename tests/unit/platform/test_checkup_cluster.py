from __future__ import annotations

import json
from pathlib import Path

import pytest

from regrow.platform.checkup_cluster import checks, kserve, step_pods
from regrow.settings import Settings

CLUSTER = {"runner": "kubernetes", "serving_backend": "kserve"}


def test_a_machine_that_uses_no_cluster_is_asked_nothing_about_it(tmp_path: Path) -> None:
    assert checks(Settings(home=tmp_path)) == ()


def test_pods_and_serving_are_each_asked_about_where_they_are_used(tmp_path: Path) -> None:
    assert checks(Settings(home=tmp_path, runner="kubernetes")) == (step_pods,)
    assert checks(Settings.model_validate({"home": tmp_path, **CLUSTER})) == (step_pods, kserve)


def test_without_a_cluster_both_say_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    for check in (step_pods, kserve):
        found = check(Settings.model_validate({"home": tmp_path, **CLUSTER}))
        assert not found.ok
        assert "KUBECONFIG" in found.told


def test_a_cluster_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regrow.cluster.transport.PAUSE_SECONDS", 0.01)
    file = tmp_path / "kubeconfig"
    named = {
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
    }
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "x", **named}))
    monkeypatch.setenv("KUBECONFIG", str(file))
    found = step_pods(Settings(home=tmp_path, runner="kubernetes"))
    assert not found.ok
    assert "https://127.0.0.1:1" in found.told
