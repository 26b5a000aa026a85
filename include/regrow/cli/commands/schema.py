"""`regrow schema`: the format of a pipeline's YAML, for editors and for people."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def schema(
    template: Annotated[
        bool, typer.Option("--template", help="A YAML with every field, its default and its meaning.")
    ] = False,
) -> None:
    """The JSON Schema of pipelines, or a commented YAML."""
    if template:
        from regrow.spec.template import template as commented

        print(commented(), end="")
    else:
        from regrow.spec.schema import json_schema

        print(json.dumps(json_schema(), indent=2))
