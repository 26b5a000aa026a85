"""status, models, show and quarantine, on a home that has lived."""

from __future__ import annotations

import json
from pathlib import Path

from support.command_line import Regrow
from support.toy import Toy


def test_status_shows_the_champion_and_where_it_answers(at_toy: Regrow) -> None:
    ended = at_toy("status")
    assert ended.code == 0
    assert "toy-parcels" in ended.out
    assert "1.0.0" in ended.out
    assert "/v2/models/toy-parcels" in ended.out


def test_status_of_one_pipeline_takes_its_name_with_underscores(at_toy: Regrow) -> None:
    ended = at_toy("status", "toy_parcels", "--output", "json")
    told = json.loads(ended.out)
    assert told["schema_version"] == 1
    assert told["pipeline"] == "toy-parcels"
    assert told["champion"] == "1.0.0"
    assert told["accepted"] == 3
    assert told["outcome"] == "promoted"


def test_status_of_an_unknown_pipeline_names_the_nearest(at_toy: Regrow) -> None:
    ended = at_toy("status", "toy-parcel")
    assert ended.code == 4
    assert "did you mean 'toy-parcels'?" in ended.err
    assert ended.out == ""


def test_status_says_what_to_do_where_there_is_no_pipeline(regrow: Regrow) -> None:
    ended = regrow("status")
    assert ended.code == 0
    assert "regrow init" in ended.err


def test_models_lists_every_version(at_toy: Regrow) -> None:
    (row,) = json.loads(at_toy("models", "-o", "json").out)["models"]
    assert row["model"] == "toy-parcels"
    assert row["version"] == "1.0.0"
    assert row["champion"] is True
    assert row["algorithm"] in ("logistic_regression", "lightgbm")


def test_models_of_an_empty_home_is_an_empty_list(regrow: Regrow) -> None:
    assert json.loads(regrow("models", "-o", "json").out)["models"] == []


def test_show_fills_every_field_of_the_metadata_schema(at_toy: Regrow) -> None:
    told = json.loads(at_toy("show", "toy_parcels@1.0.0", "-o", "json").out)
    fields = ("model_id", "version", "algorithm", "hyperparameters", "training_metrics", "validation_metrics")
    more = ("training_data", "artifacts", "deployment_history", "audit_trail")
    assert not [name for name in (*fields, *more) if not told.get(name)]


def test_show_without_a_version_is_the_champion(at_toy: Regrow) -> None:
    assert json.loads(at_toy("show", "toy-parcels", "-o", "json").out)["version"] == "1.0.0"


def test_show_writes_the_report_as_a_page(at_toy: Regrow, tmp_path: Path) -> None:
    ended = at_toy("show", "toy-parcels@1.0.0", "--report", str(tmp_path / "why.html"), "-o", "json")
    assert ended.code == 0
    assert json.loads(ended.out)["version"] == "1.0.0"
    assert "why.html" in ended.err
    assert "<h2>Test metrics</h2>" in (tmp_path / "why.html").read_text()


def test_show_of_an_unknown_version_names_the_known_ones(at_toy: Regrow) -> None:
    ended = at_toy("show", "toy-parcels@9.0.0")
    assert ended.code == 4
    assert "1.0.0" in ended.err


def test_quarantine_tells_what_the_gate_said_and_rebuilds_the_batch(
    at_toy: Regrow,
    lived: Toy,
    tmp_path: Path,
) -> None:
    ended = at_toy("quarantine", "toy-parcels", "2024-01-01", "--rebuild", str(tmp_path / "batch"), "-o", "json")
    assert json.loads(ended.out)["verdict"] == "PASS"
    original = lived.settings.data / "toy-parcels" / "2024-01-01" / "parcels.csv"
    assert (tmp_path / "batch" / "parcels.csv").read_bytes() == original.read_bytes()


def test_quarantine_of_a_day_that_never_came_is_not_found(at_toy: Regrow) -> None:
    assert at_toy("quarantine", "toy-parcels", "2030-01-01").code == 4
