"""`regrow models` and `regrow show`: what is registered, and everything about one version."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regrow.cli.screen import Output, OutputOption, note, show_facts, show_rows

if TYPE_CHECKING:
    from regrow.ledger.port import Ledger, ModelVersion
    from regrow.store.port import Store


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
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write its evaluation report there, a page for a browser.")
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Everything about one version of a model.

    Data, metrics, files, deployments, and who did what when.
    """
    from regrow.platform.workspace import open_workspace
    from regrow.registry.metadata import describe

    workspace = open_workspace()
    try:
        version = _version(workspace.ledger, model)
        facts = describe(workspace.ledger, version.model, version.version)
        if report:
            _write_report(workspace.store, version, report)
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


def _version(ledger: Ledger, asked: str) -> ModelVersion:
    from regrow.cli.look_up import spelled
    from regrow.registry.metadata import find

    typed, _, version = asked.partition("@")
    model = spelled(typed)
    return find(ledger, model, version or _in_charge(ledger, model))


def _write_report(store: Store, version: ModelVersion, file: Path) -> None:
    with TemporaryDirectory(prefix="regrow-show-") as scratch:
        found = store.fetch(version.report, Path(scratch), ("report.html",))
        shutil.copyfile(found / "report.html", file)
    note(f"the report is in {file}")


def _in_charge(ledger: Ledger, model: str) -> str:
    """The champion, or else the newest version; nothing where there is none."""
    champion = ledger.models.champion(model)
    versions = ledger.models.versions(model)
    return champion.version if champion else versions[-1].version if versions else ""
