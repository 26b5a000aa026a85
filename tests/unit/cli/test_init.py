from __future__ import annotations

import json
from pathlib import Path

from support.command_line import Regrow


def test_what_init_writes_is_valid_as_it_stands(regrow: Regrow) -> None:
    assert regrow("init", "churn").code == 0
    ended = regrow("validate")
    assert ended.code == 0, ended.err
    assert "churn" in ended.out


def test_init_writes_three_files_and_says_what_comes_next(regrow: Regrow, tmp_path: Path) -> None:
    ended = regrow("init", "no_show")
    written = ended.out.splitlines()
    assert written == [
        "dags/pipelines/no_show.yaml",
        "dags/pipelines/no_show_schema.json",
        "dags/pipelines/features/no_show.py",
    ]
    assert "next:" in ended.err
    assert "name: no-show" in (tmp_path / written[0]).read_text()


def test_the_first_line_points_editors_at_a_schema_that_is_there(regrow: Regrow, tmp_path: Path) -> None:
    regrow("init", "churn")
    file = tmp_path / "dags/pipelines/churn.yaml"
    first = file.read_text().splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    schema = json.loads((file.parent / first.partition("=")[2]).read_text())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "spec" in schema["properties"]


def test_editor_settings_of_others_stay(regrow: Regrow, tmp_path: Path) -> None:
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode/settings.json").write_text('{"editor.tabSize": 2, "yaml.schemas": {"a.json": "*.a"}}')
    regrow("init", "churn")
    settings = json.loads((tmp_path / ".vscode/settings.json").read_text())
    assert settings["editor.tabSize"] == 2
    assert settings["yaml.schemas"] == {"a.json": "*.a", "./schemas/pipeline.schema.json": "dags/pipelines/*.yaml"}


def test_init_overwrites_nothing(regrow: Regrow, tmp_path: Path) -> None:
    regrow("init", "churn")
    (tmp_path / "dags/pipelines/churn.yaml").write_text("mine")
    ended = regrow("init", "churn")
    assert ended.code == 3
    assert (tmp_path / "dags/pipelines/churn.yaml").read_text() == "mine"


def test_a_name_that_is_no_label_is_a_usage_error(regrow: Regrow, tmp_path: Path) -> None:
    ended = regrow("init", "Churn!")
    assert ended.code == 2
    assert not (tmp_path / "dags").exists()
