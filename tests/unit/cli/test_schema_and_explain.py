from __future__ import annotations

import json

import jsonschema
import pytest
from ruamel.yaml import YAML

from regrow.spec.fields import walk
from support.command_line import Regrow
from support.toy import YAML as TOY


def test_the_schema_is_a_valid_one_and_takes_a_valid_pipeline(regrow: Regrow) -> None:
    schema = json.loads(regrow("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(YAML(typ="safe").load(TOY), schema)


def test_every_field_has_a_description_for_editors(regrow: Regrow) -> None:
    schema = json.loads(regrow("schema").out)
    silent = [
        f"{name}.{field}"
        for name, model in schema["$defs"].items()
        for field, about in model.get("properties", {}).items()
        if not about.get("description")
    ]
    assert not silent


def test_the_template_names_every_field(regrow: Regrow) -> None:
    told = regrow("schema", "--template").out
    assert not [path[-1] for path, _ in walk() if f"{path[-1]}:" not in told]


def test_explain_without_a_field_lists_all(regrow: Regrow) -> None:
    told = regrow("explain").out
    assert "spec.training.search.trials:" in told
    assert "spec.data.source:" in told


def test_explain_tells_meaning_choices_and_default(regrow: Regrow) -> None:
    told = regrow("explain", "spec.retrain.every").out
    assert told.startswith("spec.retrain.every: ")
    assert "partition" in told.splitlines()[0]
    assert "never" in told.splitlines()[0]
    assert "When an arrival makes a retraining due" in told


def test_explain_takes_the_end_of_a_path(regrow: Regrow) -> None:
    told = regrow("explain", "retrain").out
    assert "spec.retrain.window_days:" in told


@pytest.mark.parametrize(
    ("field", "hint"), [("key", "single field"), ("traning", "did you mean 'training'"), ("xyzzy", "no field")]
)
def test_a_field_that_is_not_one_is_not_found_with_a_hint(regrow: Regrow, field: str, hint: str) -> None:
    ended = regrow("explain", field)
    assert ended.code == 4
    assert hint in ended.err
