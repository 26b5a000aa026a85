"""Runs in this process: the graph walked node by node, with the workspace's own runner."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from regrow.errors import RegrowError, Transient, VerdictFailed
from regrow.frozen import Frozen
from regrow.ledger.port import Run
from regrow.platform.workspace import Workspace
from regrow.spec.load import LoadedPipeline
from regrow.steps.coordinator import Coordinator, NodeResult
from regrow.steps.due import closes
from regrow.steps.graph import Node, RunParams, retrain_graph
from regrow.steps.leasing import held
from regrow.steps.runner import Progress

RETRY_PAUSES = (1.0, 2.0)
"""Seconds before the second and the third try."""


class Taken(Frozen):
    """What became of the partitions that had arrived."""

    run_id: str
    accepted: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    """(partition, reason)"""
    failed: tuple[tuple[str, str], ...] = ()
    computed: int = 0
    reused: int = 0


def new_run_id(pipeline: str, kind: str = "local") -> str:
    return f"{pipeline}/{kind}-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"


def _run_id(workspace: Workspace, pipeline: str, kind: str, params: RunParams | None = None) -> str:
    """Of the newest run of this kind that a dead process left unfinished, if it was asked the same; else a new one."""
    for run in workspace.ledger.runs.recent(pipeline, limit=20):
        if run.outcome == "running" and run.run_id.startswith(f"{pipeline}/{kind}-") and _same(run, params):
            return run.run_id
    return new_run_id(pipeline, kind)


def _same(run: Run, params: RunParams | None) -> bool:
    free = {"reason", "actor"}
    asked = (params or RunParams()).model_dump(mode="json", exclude=free)
    then = run.params.get("form")
    return then is None or {key: value for key, value in then.items() if key not in free} == asked


def take_arrivals(
    workspace: Workspace, loaded: LoadedPipeline, *, actor: str, through: str | None = None, progress: Progress = print
) -> Taken:
    """Snapshot and judge every whole partition that waits, up to `through`. Goes on where a dead process stopped."""
    with held(workspace.ledger, f"arrival:{loaded.pipeline.name}"):
        run_id = _run_id(workspace, loaded.pipeline.name, "arrival")
        return _take_waiting(Coordinator(workspace, loaded, run_id), actor, through, progress)


def _take_waiting(coordinator: Coordinator, actor: str, through: str | None, progress: Progress) -> Taken:
    waiting = [key for key, _ in coordinator.keys("snapshot") if through is None or key <= through]
    if not waiting:
        return Taken(run_id=coordinator.run_id)
    coordinator.start_arrival(f"{len(waiting)} partitions arrived", actor)
    taken = _take(coordinator, waiting, progress)
    refused = f", {len(taken.refused)} refused" if taken.refused else ""
    coordinator.finish("taken", f"{len(taken.accepted)} partitions accepted{refused}")
    return taken


def _take(coordinator: Coordinator, waiting: list[str], progress: Progress) -> Taken:
    snapshots = coordinator.execute_many("snapshot", waiting, progress)
    whole = [key for key, result in zip(waiting, snapshots, strict=True) if result.succeeded]
    gates = dict(zip(whole, coordinator.execute_many("gate", whole, progress), strict=True))
    lost = [(key, result) for key, result in zip(waiting, snapshots, strict=True) if not result.succeeded]
    lost += [(key, result) for key, result in gates.items() if not result.fingerprint]
    results = [*snapshots, *gates.values()]
    return Taken(
        run_id=coordinator.run_id,
        accepted=tuple(key for key, result in gates.items() if result.succeeded),
        refused=tuple((key, r.reason) for key, r in gates.items() if r.fingerprint and not r.succeeded),
        failed=tuple((key, result.reason) for key, result in lost),
        computed=sum(not result.reused for result in results),
        reused=sum(result.reused for result in results),
    )


def retrain(
    workspace: Workspace,
    loaded: LoadedPipeline,
    *,
    reason: str,
    actor: str,
    params: RunParams | None = None,
    progress: Progress = print,
    run_id: str | None = None,
) -> Run:
    """One run of the retraining graph. What fails ends the run as failed, in words, and is raised.

    A run that a dead process left unfinished goes on; one of a pipeline at a time.
    """
    name = loaded.pipeline.name
    with held(workspace.ledger, f"run:{name}"):
        coordinator = Coordinator(workspace, loaded, run_id or _run_id(workspace, name, "local", params))
        coordinator.start(reason, actor, params)
        return run_graph(coordinator, progress)


def run_graph(coordinator: Coordinator, progress: Progress = print) -> Run:
    """Walk the retraining graph of a started run. A verdict's no is an outcome; other errors end the run and pass."""
    skipped = False
    try:
        for node in retrain_graph(coordinator.loaded.pipeline):
            if skipped and node.kind != "report":
                continue
            result = _tried(coordinator, node, progress)
            skipped = skipped or result.state == "skipped"
            progress(f"{node.id}: {_shown(result)}")
    except VerdictFailed as verdict:
        return coordinator.finish("refused", verdict.sentence)
    except RegrowError as error:
        coordinator.finish("failed", error.sentence)
        raise
    run = coordinator.view.run()
    assert run is not None
    return run


def _tried(coordinator: Coordinator, node: Node, progress: Progress) -> NodeResult:
    """What is transient is tried again, as Airflow would; what was done by then is reused."""
    for pause in RETRY_PAUSES:
        try:
            return coordinator.execute(node.id, progress=progress)
        except Transient as error:
            progress(f"{node.id}: {error.sentence}; tried again in {pause:g} s")
            time.sleep(pause)
    return coordinator.execute(node.id, progress=progress)


def _shown(result: NodeResult) -> str:
    reused = len(result.results) == 1 and result.results[0].reused
    return f"{result.sentence} (reused)" if reused else result.sentence


def _left_over(workspace: Workspace, loaded: LoadedPipeline, progress: Progress) -> Iterator[Run]:
    name = loaded.pipeline.name
    for run in workspace.ledger.runs.recent(name, limit=20):
        if run.outcome == "running" and run.run_id.startswith(f"{name}/local-"):
            progress(f"going on with {run.run_id}, which was cut short")
            yield retrain(workspace, loaded, reason=run.reason, actor=run.actor, progress=progress, run_id=run.run_id)


def catch_up(
    workspace: Workspace, loaded: LoadedPipeline, *, through: str | None, actor: str, progress: Progress = print
) -> Iterator[Taken | Run]:
    """Take all that waits as if it had come day by day: after each partition that closes a period, retrain if due.

    A run that a dead process left unfinished goes on first.
    """
    yield from _left_over(workspace, loaded, progress)
    coordinator = Coordinator(workspace, loaded, new_run_id(loaded.pipeline.name, "arrival"))
    waiting = [key for key, _ in coordinator.keys("snapshot") if through is None or key <= through]
    if not waiting and coordinator.due(RunParams()).due:
        yield retrain(workspace, loaded, reason="still due", actor=actor, progress=progress)
    policy = loaded.pipeline.spec.retrain
    for boundary in [key for key in waiting if closes(policy, key) or key == waiting[-1]]:
        yield take_arrivals(workspace, loaded, actor=actor, through=boundary, progress=progress)
        yield retrain(workspace, loaded, reason=f"partitions up to {boundary}", actor=actor, progress=progress)
