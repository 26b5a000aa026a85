"""The spec for people and editors: a JSON Schema, a commented template, and one field explained."""

from __future__ import annotations

from typing import Any

from regrow.errors import NotFound, nearest
from regrow.spec.docs import docs_of
from regrow.spec.fields import dotted, fields_of, item_of, model_of, walk, written
from regrow.spec.model import Pipeline
from regrow.spec.tree import Path
from regrow.spec.wording import first_sentence, takes

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID = "urn:regrow:mlops.io/v1:EnhancedPipeline"


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a pipeline's YAML, with every field's docstring as its description."""
    schema = Pipeline.model_json_schema(by_alias=True)
    sections = schema.pop("$defs")
    for model in _models():
        properties = sections[model.__name__] if model is not Pipeline else schema
        for name, info in model.model_fields.items():
            properties["properties"][written(name, info)]["description"] = docs_of(model).get(name, "")
    head = {"$schema": DIALECT, "$id": ID, "title": "A Regrow pipeline"}
    return {**head, **{key: value for key, value in schema.items() if key not in head}, "$defs": sections}


def explain(asked: str) -> str:
    """A field with all that is below it: what it takes, its default, what it is for.

    `asked` is a whole path, with or without [0], or an end of one. NotFound names the nearest.
    """
    path = _found(asked)
    lines = []
    for here, info in walk():
        if here[: len(path)] == path:
            about = info.description or ""
            text = about if here == path else first_sentence(about)
            lines.append(f"{dotted(here).replace('[0]', '[]')}: {takes(info)}\n    {text}")
    return "\n".join(lines) + "\n"


def _found(asked: str) -> Path:
    paths = {_plain(path): path for path, _ in walk()}
    wanted = asked.replace("[0]", "").replace("[]", "")
    ends = [name for name in paths if name == wanted or name.endswith(f".{wanted}")]
    if wanted in paths or len(ends) == 1:
        return paths[wanted if wanted in paths else ends[0]]
    if ends:
        raise NotFound("single field", asked, ends)
    guess = nearest(asked, {*paths, *(name.rpartition(".")[2] for name in paths)})
    raise NotFound("field", asked, [guess] if guess else ())


def _plain(path: Path) -> str:
    return dotted(tuple(part for part in path if isinstance(part, str)))


def _models() -> list[Any]:
    """Every section, each once."""
    found: list[Any] = [Pipeline]
    for model in found:
        for info in fields_of(model).values():
            item = item_of(info.annotation)
            inner = model_of(info.annotation) or (model_of(item) if item is not None else None)
            if inner and inner not in found:
                found.append(inner)
    return found
