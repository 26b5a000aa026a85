"""`regrow models` and `regrow show`: what is registered, and everything about one version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from regrow.cli.screen import Output, OutputOption, show_facts, show_rows

if TYPE_CHECKING:
    from regrow.ledger.port import Ledger, ModelVersion


def models(
    name: Annotated[str | None, typer.Argument(metavar="[MODEL]")] = None, output: OutputOption = Output.TABLE
) -> None:
    """Every registered version, oldest first."""
    from regrow.cli.look_up import spelled
    from regrow.platform.workspace import open_workspace

    workspace = open_workspace()
    try:
        rows = [_row(workspace.ledger, version) for version in workspace.ledger.models.versions(name and spelled(name))]
    finally:
        workspace.close()
    show_rows("models", rows, output, "no model is registered; next: regrow run PIPELINE")


def show(
    model: Annotated[str, typer.Argument(metavar="MODEL[@VERSION]", help="Without a version, the champion.")],
    output: OutputOption = Output.TABLE,
) -> None:
    """Everything about one version of a model.

    Data, metrics, files, deployments, and who did what when.
    """
    from regrow.platform.workspace import open_workspace

    workspace = open_workspace()
    try:
        facts = _facts(workspace.ledger, model)
    finally:
        workspace.close()
    show_facts(facts, output)


def _row(ledger: Ledger, version: ModelVersion) -> dict[str, Any]:
    champion = ledger.models.champion(version.model)
    return {
        "model": version.model,
        "version": version.version,
        "champion": bool(champion and champion.version == version.version),
        "algorithm": version.metadata.get("document", {}).get("algorithm"),
        "mlflow": version.registry_version,
        "created_at": version.created_at.isoformat(timespec="seconds"),
    }


def _facts(ledger: Ledger, asked: str) -> dict[str, Any]:
    from regrow.cli.look_up import spelled
    from regrow.registry.metadata import describe

    typed, _, version = asked.partition("@")
    model = spelled(typed)
    return describe(ledger, model, version or _in_charge(ledger, model))


def _in_charge(ledger: Ledger, model: str) -> str:
    """The champion, or else the newest version; nothing where there is none."""
    champion = ledger.models.champion(model)
    versions = ledger.models.versions(model)
    return champion.version if champion else versions[-1].version if versions else ""
