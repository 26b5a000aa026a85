"""`regrow run`: takes what arrived and retrains, in this process, with the steps that Airflow runs."""

from __future__ import annotations

import getpass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regrow.cli.screen import Output, OutputOption, note, show_facts

if TYPE_CHECKING:
    from regrow.ledger.port import Run
    from regrow.platform.workspace import Workspace
    from regrow.spec.load import LoadedPipeline
    from regrow.steps.graph import RunParams
    from regrow.steps.local import Taken

_DAY = ["%Y-%m-%d"]


def run(
    name: Annotated[str, typer.Argument(metavar="PIPELINE", help="Its name, or its YAML file.")],
    through: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Live through arrivals day by day up to this one.")
    ] = None,
    start: Annotated[datetime | None, typer.Option(formats=_DAY, help="Oldest partition to train on.")] = None,
    end: Annotated[datetime | None, typer.Option(formats=_DAY, help="Newest partition to train on.")] = None,
    reason: Annotated[str, typer.Option(help="Why; kept with the run.")] = "asked for at a shell",
    algorithms: Annotated[str, typer.Option(help="Only these of the spec's, with commas.")] = "",
    plan_only: Annotated[
        bool, typer.Option("--plan-only", help="Say what would be computed; compute nothing.")
    ] = False,
    replace_incomparable: Annotated[
        bool, typer.Option("--replace-incomparable", help="Replace a champion that cannot be scored on the new rows.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Steps at once. Never changes a result.")] = 2,
    output: OutputOption = Output.TABLE,
) -> None:
    """Take what arrived and retrain, in this process.

    With --through, arrivals are taken day by day, and a retraining starts only when the pipeline says that it is due.
    """
    from regrow.cli.look_up import pipeline
    from regrow.platform.workspace import open_workspace
    from regrow.settings import Settings
    from regrow.steps.graph import RunParams

    settings = Settings()
    loaded = pipeline(name, settings)
    params = RunParams(
        reason=reason,
        actor=getpass.getuser(),
        start=_day(start),
        end=_day(end),
        algorithms=tuple(word.strip() for word in algorithms.split(",") if word.strip()),
        plan_only=plan_only,
        force=True,
        replace_incomparable=replace_incomparable,
    )
    workspace = open_workspace(settings, workers=workers)
    try:
        finished = _live(workspace, loaded, _day(through)) if through else _once(workspace, loaded, params)
    finally:
        workspace.close()
    _end(finished, output)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _once(workspace: Workspace, loaded: LoadedPipeline, params: RunParams) -> Run:
    from regrow.steps.local import retrain, take_arrivals

    if not params.plan_only:
        _tell(take_arrivals(workspace, loaded, actor=params.actor, progress=note))
    return retrain(workspace, loaded, reason=params.reason, actor=params.actor, params=params, progress=note)


def _live(workspace: Workspace, loaded: LoadedPipeline, through: date | None) -> Run | None:
    from regrow.steps.local import Taken, catch_up

    last: Run | None = None
    day = through.isoformat() if through else None
    for event in catch_up(workspace, loaded, through=day, actor=getpass.getuser(), progress=note):
        if isinstance(event, Taken):
            _tell(event)
        else:
            last = event
            note(f"{event.outcome}: {event.sentence}")
    return last


def _tell(taken: Taken) -> None:
    for partition, reason in (*taken.refused, *taken.failed):
        note(f"{partition}: {reason}")
    note(f"{len(taken.accepted)} partitions accepted, {len(taken.refused)} refused, {len(taken.failed)} failed")


def _end(finished: Run | None, output: Output) -> None:
    if finished is None:
        show_facts({"outcome": "nothing_arrived", "sentence": "nothing new has arrived"}, output)
        return
    show_facts(_facts(finished), output)
    if finished.outcome == "refused":
        raise typer.Exit(3)


def _facts(finished: Run) -> dict[str, Any]:
    return {
        "run_id": finished.run_id,
        "pipeline": finished.pipeline,
        "outcome": finished.outcome,
        "sentence": finished.sentence,
        "started_at": finished.started_at.isoformat(),
        "ended_at": finished.ended_at.isoformat() if finished.ended_at else None,
    }
