from __future__ import annotations

import json
from pathlib import Path

from ruamel.yaml import YAML

from contract.registry_values import TABLE, model_folder
from regrow.registry.mlflow_model import signature, stage
from regrow.registry.open import open_registry
from regrow.settings import Settings
from regrow.training.table import ModelCard


def staged(folder: Path, into: Path, example: dict[str, object] | None = None) -> dict[str, bytes]:
    into.mkdir()
    stage(folder, into, record="r" * 64, run_id="m1", example=example)
    return {file.name: file.read_bytes() for file in into.iterdir()}


def test_equal_models_are_staged_as_equal_bytes(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "model")
    assert staged(folder, tmp_path / "one") == staged(folder, tmp_path / "two")


def test_a_skops_file_is_named_as_data_and_trusts_nothing_of_its_own(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "model")
    card = ModelCard.model_validate_json((folder / "model.json").read_bytes())
    card = card.model_copy(update={"format": "skops", "file": "model.skops"})
    (folder / "model.json").write_bytes(card.canonical())
    (folder / "model.skops").write_bytes(b"never read here")
    files = staged(folder, tmp_path / "staged")
    document = YAML(typ="safe", pure=True).load(files["MLmodel"])
    assert set(document["flavors"]) == {"sklearn"}
    assert document["flavors"]["sklearn"]["pickled_model"] == "model.skops"
    assert document["flavors"]["sklearn"]["serialization_format"] == "skops"
    assert document["flavors"]["sklearn"]["skops_trusted_types"] == []
    assert set(files) == {"MLmodel", "input_example.json", "model.json", "model.skops"}


def test_without_an_example_there_is_one_of_the_right_kinds(tmp_path: Path) -> None:
    files = staged(model_folder(tmp_path / "model"), tmp_path / "staged")
    assert json.loads(files["input_example.json"]) == {"columns": ["delay", "carrier"], "data": [[0.0, "AA"]]}


def test_categories_are_text_in_a_request() -> None:
    assert json.loads(signature(TABLE)["inputs"]) == [
        {"name": "delay", "type": "double", "required": False},
        {"name": "carrier", "type": "string", "required": False},
    ]


def test_the_registry_of_the_settings_lies_in_home(tmp_path: Path) -> None:
    registry = open_registry(Settings(home=tmp_path))
    registry.prepare()
    assert (tmp_path / "mlflow" / "mlflow.db").exists()
