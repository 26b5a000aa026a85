from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import Regrow
from support.toy import Toy


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    toy = Toy(tmp_path / "project")
    monkeypatch.setenv("REGROW_PIPELINES", str(toy.pipelines))
    return toy


def test_a_valid_pipeline_is_told_so(regrow: Regrow, project: Toy) -> None:
    ended = regrow("validate")
    assert ended.code == 0
    assert ended.out == f"ok {project.yaml}: toy-parcels, tries logistic_regression, lightgbm\n"


def test_every_problem_of_every_file_is_told_at_once(regrow: Regrow, project: Toy) -> None:
    project.yaml.write_text(project.yaml.read_text().replace("owner:", "ownr:").replace("rounds: 1", "rounds: 0"))
    ended = regrow("validate", str(project.yaml))
    assert ended.code == 2
    assert ended.out == ""
    assert "did you mean 'owner'?" in ended.err
    assert "rounds" in ended.err
    assert f"{project.yaml}:6:" in ended.err


def test_problems_as_json_have_places_and_go_to_standard_output(regrow: Regrow, project: Toy) -> None:
    project.yaml.write_text(project.yaml.read_text().replace("owner:", "ownr:"))
    ended = regrow("validate", "--output", "json")
    assert ended.code == 2
    (file,) = json.loads(ended.out)["files"]
    assert file["valid"] is False
    assert file["problems"][0]["line"] == 6
    assert file["problems"][0]["nearest"] == "owner"


def test_a_good_file_beside_a_bad_one_is_still_told(regrow: Regrow, project: Toy) -> None:
    (project.pipelines / "broken.yaml").write_text("kind: [")
    ended = regrow("validate")
    assert ended.code == 2
    assert "toy-parcels" in ended.out
    assert "broken.yaml" in ended.err


def test_a_file_that_is_not_there_is_not_found(regrow: Regrow) -> None:
    assert regrow("validate", "nowhere.yaml").code == 4


def test_a_folder_without_pipelines_is_not_found(regrow: Regrow) -> None:
    assert regrow("validate").code == 4


def test_an_unknown_option_is_a_usage_error_with_where_to_read_on(regrow: Regrow) -> None:
    ended = regrow("validate", "--outpt", "json")
    assert ended.code == 2
    assert "See `regrow validate --help`." in ended.err


def test_an_unknown_command_names_the_nearest(regrow: Regrow) -> None:
    ended = regrow("valdate")
    assert ended.code == 2
    assert "validate" in ended.err
