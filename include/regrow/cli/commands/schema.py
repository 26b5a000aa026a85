"""`regrow schema`: the format of a pipeline's YAML, for editors and for people."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer


def schema(
    template: Annotated[
        bool, typer.Option("--template", help="A YAML with every field, its default and its meaning.")
    ] = False,
) -> None:
    """The JSON Schema of pipelines, or a commented YAML."""
    if template:
        from regrow.cli.field_guide import template as commented

        print(commented())
    else:
        print(json.dumps(document(), indent=2))


def document() -> dict[str, Any]:
    """Draft 2020-12, as editors want it."""
    from regrow.spec.model import Pipeline

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Regrow pipeline",
        **Pipeline.model_json_schema(by_alias=True),
    }
