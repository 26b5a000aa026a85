"""`regrow run` where nothing can be trained: the rest of it runs in the end-to-end tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command_line import Regrow
from support.toy import Toy


@pytest.fixture
def project(tmp_path: Path, regrow: Regrow, monkeypatch: pytest.MonkeyPatch) -> Iterator[Toy]:
    toy = Toy(tmp_path / "project")
    monkeypatch.setenv("REGROW_HOME", str(toy.settings.home))
    monkeypatch.setenv("REGROW_DATA_ROOT", str(toy.settings.data))
    monkeypatch.setenv("REGROW_PIPELINES", str(toy.pipelines))
    return toy


def test_nothing_arrived_is_told_and_is_no_failure(regrow: Regrow, project: Toy) -> None:
    ended = regrow("run", "toy-parcels", "--through", "2024-01-31", "-o", "json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["outcome"] == "nothing_arrived"


def test_too_few_partitions_are_taken_but_not_trained_on(regrow: Regrow, project: Toy) -> None:
    project.arrive(range(2))
    ended = regrow("run", "toy_parcels", "--through", "2024-01-01", "-o", "json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["outcome"] == "not_due"
    assert "1 partitions accepted" in ended.err
    assert json.loads(regrow("status", "toy-parcels", "-o", "json").out)["newest"] == "2024-01-01"


def test_a_plan_computes_nothing(regrow: Regrow, project: Toy) -> None:
    project.arrive(range(3))
    ended = regrow("run", "toy-parcels", "--plan-only", "-o", "json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["outcome"] in ("planned", "not_due")
    assert json.loads(regrow("models", "-o", "json").out)["models"] == []


def test_a_day_that_is_none_is_a_usage_error(regrow: Regrow, project: Toy) -> None:
    assert regrow("run", "toy-parcels", "--through", "2024-13-01").code == 2


def test_an_unknown_pipeline_is_not_found(regrow: Regrow, project: Toy) -> None:
    assert regrow("run", "no-such").code == 4


def test_the_way_past_an_incomparable_champion_that_a_selection_names_exists(regrow: Regrow, project: Toy) -> None:
    project.arrive(range(3))
    ended = regrow("run", "toy-parcels", "--plan-only", "--replace-incomparable", "-o", "json")
    assert ended.code == 0, ended.err
