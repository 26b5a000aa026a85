import json
import re
from pathlib import Path

import jsonschema
import pytest

from regrow.errors import NotFound
from regrow.spec.compose import compose
from regrow.spec.load import parse_pipeline
from regrow.spec.marks import mark
from regrow.spec.reference import pages, write
from regrow.spec.schema import DIALECT, explain, json_schema
from regrow.spec.template import template

ROOT = Path(__file__).parents[3]
VALID = sorted((ROOT / "tests" / "pipelines" / "valid").glob("*.yaml"))


def test_the_schema_is_a_valid_one_of_2020_12_and_describes_every_field() -> None:
    schema = json_schema()
    assert schema["$schema"] == DIALECT
    jsonschema.Draft202012Validator.check_schema(schema)
    sections = [schema, *schema["$defs"].values()]
    described = [about.get("description") for section in sections for about in section.get("properties", {}).values()]
    assert all(described)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_the_schema_accepts_what_the_loader_accepts(path: Path) -> None:
    root, _ = compose(mark(path.read_text(encoding="utf-8")))
    assert root is not None
    jsonschema.Draft202012Validator(json_schema()).validate(root.value)


def test_the_schema_refuses_unknown_fields_and_wrong_words() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    wrong = {"apiVersion": "v2", "kind": "EnhancedPipeline", "metadata": {"nmae": "x"}, "spec": {}}
    assert len(list(validator.iter_errors(wrong))) >= 4


def test_the_template_is_valid_as_it_stands() -> None:
    assert parse_pipeline(template()).pipeline.name == "flights-delay"


def test_the_template_is_valid_with_every_field_switched_on() -> None:
    everything = re.sub(r"(?m)^( *)#(?! )", r"\1", template())
    pipeline = parse_pipeline(everything).pipeline
    assert pipeline.spec.retrain.window_days == 90
    assert pipeline.spec.monitoring.alerts


def test_a_field_is_explained_with_what_is_below_it() -> None:
    words = explain("spec.training.search")
    assert "spec.training.search: section; may be left out" in words
    assert "spec.training.search.kind: one of grid, random; default grid" in words
    assert "whole number, at least 1 and at most 1000; may be left out" in words


def test_the_end_of_a_path_is_enough_where_only_one_field_ends_so() -> None:
    assert explain("min_success_ratio") == explain("spec.training.min_success_ratio")
    assert explain("algorithms[0].name") == explain("spec.algorithms[].name")
    with pytest.raises(NotFound, match="single field"):
        explain("name")


def test_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(NotFound, match="min_success_ratio"):
        explain("min_sucess_ratio")


def test_the_reference_is_up_to_date(tmp_path: Path) -> None:
    write(tmp_path)
    for name, text in pages().items():
        assert (tmp_path / name).read_text(encoding="utf-8") == text
        assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == text, (
            "python -m regrow.spec.reference"
        )


def test_the_reference_has_the_schema_that_the_program_has() -> None:
    assert json.loads(pages()["pipeline.schema.json"]) == json_schema()
