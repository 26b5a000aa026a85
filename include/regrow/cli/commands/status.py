"""`regrow status`: one line for each pipeline: who is in charge, what the last run came to, where it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from regrow.cli.screen import Output, OutputOption, show_facts, show_rows

if TYPE_CHECKING:
    from regrow.ledger.port import Ledger
    from regrow.platform.workspace import Workspace
    from regrow.steps.view import View


def status(
    name: Annotated[str | None, typer.Argument(metavar="[PIPELINE]")] = None, output: OutputOption = Output.TABLE
) -> None:
    """Champions, last runs, partitions, endpoints."""
    from regrow.cli.look_up import pipeline_file, pipeline_files, spelled
    from regrow.platform.workspace import open_workspace
    from regrow.settings import Settings

    settings = Settings()
    files = (pipeline_file(name, settings),) if name else pipeline_files(settings)
    workspace = open_workspace(settings)
    try:
        rows = [_row(workspace, spelled(path.name)) for path in files]
    finally:
        workspace.close()
    if name:
        show_facts(rows[0], output)
    else:
        show_rows("pipelines", rows, output, f"no pipeline in {settings.pipelines}; next: regrow init NAME")


def _row(workspace: Workspace, model: str) -> dict[str, Any]:
    from regrow.steps.view import View

    ledger = workspace.ledger
    champion = ledger.models.champion(model)
    last = _last_study(ledger, model)
    return {
        "pipeline": model,
        "champion": champion.version if champion else None,
        "since": champion.since.isoformat(timespec="seconds") if champion else None,
        **_partitions(View(ledger, model, "")),
        "last_run": last.get("run_id"),
        "outcome": last.get("outcome"),
        "endpoint": workspace.router.address(model) if champion else None,
        "sentence": last.get("sentence"),
    }


def _last_study(ledger: Ledger, model: str) -> dict[str, Any]:
    """The newest run that came to something; where there is none, the newest that is not just an arrival."""
    runs = [run for run in ledger.runs.recent(model, limit=500) if "form" in run.params]
    told = (run for run in runs if run.outcome not in ("running", "not_due", "planned"))
    newest = next(told, runs[0] if runs else None)
    return newest.model_dump(include={"run_id", "outcome", "sentence"}) if newest else {}


def _partitions(view: View) -> dict[str, Any]:
    accepted = view.accepted()
    refused = len(view.gates()) - len(accepted)
    return {"accepted": len(accepted), "refused": refused, "newest": max(accepted, default=None)}
