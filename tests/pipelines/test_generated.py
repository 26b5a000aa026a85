"""Every field of the full pipeline broken in every way that applies: the error names the field and its line."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from regrow.settings import Settings
from regrow.spec import tree
from regrow.spec.compose import compose
from regrow.spec.fields import bare, choices_of, dotted, item_of, model_of, walk
from regrow.spec.load import parse_pipeline
from regrow.spec.marks import mark
from regrow.spec.problems import Problem, SpecError

FILE = Path(__file__).parent / "valid" / "everything.yaml"
ROOT, _ = compose(mark(FILE.read_text(encoding="utf-8")))
assert ROOT is not None
WHOLE: dict[str, Any] = ROOT.value
FIELDS = dict(walk())
SETTINGS = Settings(home=Path("nowhere"))


def write(value: Any, indent: int = 0) -> Iterator[str]:
    """One field on each line, so that a field's line says which field it is."""
    blanks = "  " * indent
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield f"{blanks}{json.dumps(key)}:"
            yield from write(inner, indent + 1)
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            yield f"{blanks}{json.dumps(key)}:"
            for item in inner:
                yield from (f"{blanks}  {line}" for line in _with_dash(list(write(item))))
        else:
            yield f"{blanks}{json.dumps(key)}: {json.dumps(inner)}"


def _with_dash(lines: list[str]) -> list[str]:
    return [f"- {lines[0]}", *(f"  {line}" for line in lines[1:])]


def problems_of(data: Any) -> tuple[str, tuple[Problem, ...]]:
    text = "\n".join(write(data)) + "\n"
    with pytest.raises(SpecError) as refused:
        parse_pipeline(text, FILE, SETTINGS)
    return text, refused.value.problems


def line_of(text: str, path: tree.Path) -> int:
    """Of the field's key, or of the item's start."""
    root, _ = compose(mark(text))
    assert root is not None
    node, line = root, 1
    for part in path:
        line = node.keys[str(part)].line if str(part) in node.keys else node.children[part].place.line
        node = node.children[part]
    return line


def changed(path: tree.Path, value: Any) -> Any:
    data = copy.deepcopy(WHOLE)
    at(data, path[:-1])[path[-1]] = value
    return data


def at(data: Any, path: tree.Path) -> Any:
    for part in path:
        data = data[part]
    return data


def mistyped(info: FieldInfo) -> Any:
    """A value that the field can never take."""
    kind = bare(info.annotation)
    if kind is str or choices_of(info.annotation):
        return 5
    if item_of(info.annotation) is not None or model_of(info.annotation):
        return "word"
    return "word"


def out_of_range(path: tree.Path, info: FieldInfo) -> Iterator[Any]:
    """Values just beyond every limit of the field."""
    step = 1 if bare(info.annotation) is int else 1e-6
    for entry in info.metadata:
        if getattr(entry, "ge", None) is not None:
            yield entry.ge - step
        if getattr(entry, "gt", None) is not None:
            yield entry.gt
        if getattr(entry, "le", None) is not None:
            yield entry.le + step
        if getattr(entry, "lt", None) is not None:
            yield entry.lt
        if getattr(entry, "max_length", None) is not None:
            yield longer(path, entry.max_length + 1)
        if getattr(entry, "min_length", None):
            yield "" if bare(info.annotation) is str else []


def longer(path: tree.Path, length: int) -> Any:
    value = at(WHOLE, path)
    if isinstance(value, dict):
        return {f"key{index}": next(iter(value.values())) for index in range(length)}
    return [value[0]] * length if isinstance(value, list) else "x" * length


def misspelt(name: str) -> str:
    return name[:-1] + name[-1] * 2


NEEDED = [path for path, info in FIELDS.items() if info.is_required()]
RANGES = [(path, value) for path, info in FIELDS.items() for value in out_of_range(path, info)]


@pytest.mark.parametrize("path", NEEDED, ids=dotted)
def test_a_missing_field_is_named_with_the_line_of_its_section(path: tree.Path) -> None:
    data = copy.deepcopy(WHOLE)
    del at(data, path[:-1])[path[-1]]
    text, problems = problems_of(data)
    assert [(problem.field, problem.line) for problem in problems] == [(dotted(path), line_of(text, path[:-1]))]
    assert "is missing" in problems[0].message


@pytest.mark.parametrize("path", FIELDS, ids=dotted)
def test_a_mistyped_field_is_named_with_its_line(path: tree.Path) -> None:
    text, problems = problems_of(changed(path, mistyped(FIELDS[path])))
    assert [(problem.field, problem.line) for problem in problems] == [(dotted(path), line_of(text, path))]


@pytest.mark.parametrize(("path", "value"), RANGES, ids=lambda part: dotted(part) if isinstance(part, tuple) else "")
def test_a_field_out_of_range_is_named_with_its_line(path: tree.Path, value: Any) -> None:
    text, problems = problems_of(changed(path, value))
    assert [(problem.field, problem.line) for problem in problems] == [(dotted(path), line_of(text, path))]


@pytest.mark.parametrize("path", FIELDS, ids=dotted)
def test_a_misspelt_field_is_named_with_its_line_and_the_right_name(path: tree.Path) -> None:
    wrong = (*path[:-1], misspelt(str(path[-1])))
    data = copy.deepcopy(WHOLE)
    section = at(data, path[:-1])
    renamed = {(wrong[-1] if key == path[-1] else key): value for key, value in section.items()}
    section.clear()
    section.update(renamed)
    text, problems = problems_of(data)
    told = {(problem.field, problem.line): problem for problem in problems}
    assert list(told) == [(dotted(wrong), line_of(text, wrong))]
    assert problems[0].nearest == path[-1]


SCALARS = [path for path, info in FIELDS.items() if not isinstance(at(WHOLE, path), dict | list)]


@hypothesis_settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(SCALARS), min_size=2, max_size=8, unique=True))
def test_all_broken_fields_are_told_at_once_in_the_order_of_the_file(paths: list[tree.Path]) -> None:
    data = copy.deepcopy(WHOLE)
    for path in paths:
        at(data, path[:-1])[path[-1]] = mistyped(FIELDS[path])
    text, problems = problems_of(data)
    assert {problem.field for problem in problems} == {dotted(path) for path in paths}
    lines = [problem.line for problem in problems]
    assert lines == sorted(line_of(text, path) for path in paths)
