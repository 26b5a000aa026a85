from __future__ import annotations

from pathlib import Path

import pytest

from regrow.platform.workspace import open_workspace
from regrow.settings import Settings
from regrow.steps.routed_runner import RoutedRunner


def test_a_childs_variables_make_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that came from an Airflow connection and so stand in no variable here."""
    s3 = {"endpoint": "http://minio:9000", "access_key": "me", "secret_key": "hidden"}
    settings = Settings.model_validate({"home": tmp_path, "store_url": "s3://bucket/store", "s3": s3})
    for name, value in open_workspace(settings).environment().items():
        monkeypatch.setenv(name, value)
    child = Settings()
    assert (child.store, child.s3) == ("s3://bucket/store", settings.s3)


def test_steps_become_pods_where_the_settings_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kubeconfig: Path
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    workspace = open_workspace(Settings(home=tmp_path, runner="kubernetes"))
    assert isinstance(workspace.runner, RoutedRunner)
    workspace.close()


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    file = tmp_path / "kubeconfig"
    cluster = '{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}'
    context = '{"name": "x", "context": {"cluster": "c", "user": "u"}}'
    file.write_text(
        f'{{"apiVersion": "v1", "kind": "Config", "current-context": "x", "clusters": [{cluster}], '
        f'"contexts": [{context}], "users": [{{"name": "u", "user": {{"token": "t"}}}}]}}'
    )
    return file
