import pytest

from regrow.spec.fields import annotation_at, dotted, field_at, item_of, model_of, walk
from regrow.spec.model import Algorithm, Pipeline, Search
from regrow.spec.tree import Path


def test_every_field_has_a_docstring_and_needed_ones_an_example_or_choices() -> None:
    for path, info in walk():
        assert info.description, path
        sections = model_of(info.annotation) or item_of(info.annotation) is not None
        choices = "Literal" in str(info.annotation)
        assert not info.is_required() or info.examples or sections or choices, path


def test_fields_are_found_by_their_name_in_the_yaml() -> None:
    schema = field_at(("spec", "data", "validation", "schema"))
    assert schema is not None
    assert schema.alias == "schema"
    assert field_at(("spec", "data", "validation", "row_schema")) is None
    assert field_at(("spec", "data", "nothing", "at", "all")) is None
    assert field_at(()) is None


def test_paths_lead_through_lists_and_optional_sections() -> None:
    assert model_of(annotation_at(())) is Pipeline
    assert model_of(annotation_at(("spec", "algorithms", 3))) is Algorithm
    assert model_of(annotation_at(("spec", "algorithms", 3, "search"))) is Search
    assert model_of(annotation_at(("spec", "algorithms", 3, "hyperparameters", "C"))) is None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("spec", "algorithms", 0, "name"), "spec.algorithms[0].name"),
        (("metadata", "labels", "a b"), "metadata.labels['a b']"),
        (("x\x1b[31m",), "['x\\x1b[31m']"),
    ],
)
def test_a_path_is_shown_with_dots(path: Path, text: str) -> None:
    assert dotted(path) == text
