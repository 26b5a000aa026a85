"""`regrow explain`: what one field of a pipeline's YAML means."""

from __future__ import annotations

from typing import Annotated

import typer


def explain(
    field: Annotated[str, typer.Argument(help="As spec.training.search, or just search.")] = "spec",
) -> None:
    """What a field means, what it takes, its default."""
    from regrow.spec.schema import explain as explained

    print(explained(field), end="")
