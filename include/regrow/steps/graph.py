"""A spec as a graph of nodes: what both runners, the DAG factory and the explainer walk. Pure and light."""

from __future__ import annotations

from datetime import date

from regrow.frozen import Frozen
from regrow.spec.model import Pipeline, Search


class RunParams(Frozen):
    """What a person, or the trigger's form, may ask of a run."""

    reason: str = ""
    actor: str = ""
    start: date | None = None
    """The oldest partition to train on."""
    end: date | None = None
    """The newest partition to train on."""
    algorithms: tuple[str, ...] = ()
    """Empty: all of the spec's."""
    plan_only: bool = False
    force: bool = False
    """Retrain even if nothing made it due: a person asked."""
    replace_incomparable: bool = False
    """A champion that cannot be scored on the new rows (a feature is gone) gives way, judged by `require` alone."""


class Node(Frozen):
    id: str
    kind: str
    """A kind of step, or one of the effects: due, register, deploy, report."""
    upstream: tuple[str, ...] = ()
    group: str = ""
    mapped: bool = False
    """One task for each key that the node's upstream yields."""
    doc: str = ""
    round: int | None = None


def searches(pipeline: Pipeline) -> dict[str, Search]:
    """Each algorithm's search, overrides applied."""
    common = pipeline.spec.training.search
    return {algorithm.name: algorithm.search or common for algorithm in pipeline.spec.algorithms}


def rounds(pipeline: Pipeline) -> int:
    return max(search.rounds for search in searches(pipeline).values())


def arrival_graph(pipeline: Pipeline) -> tuple[Node, ...]:
    """What happens to every partition that arrives."""
    return (
        Node(
            id="snapshot",
            kind="snapshot",
            mapped=True,
            group="partition",
            doc="Copies the partition out of the source, unchanged and for good.",
        ),
        Node(
            id="gate",
            kind="gate",
            mapped=True,
            upstream=("snapshot",),
            group="partition",
            doc="Checks every row and the batch: bad rows are quarantined, a bad batch is refused, the champion stays.",
        ),
    )


def retrain_graph(pipeline: Pipeline) -> tuple[Node, ...]:
    """From accepted partitions to a served champion."""
    head = (
        Node(id="due", kind="due", doc="Says whether a retraining is due, and on which partitions."),
        Node(id="features", kind="features", upstream=("due",), doc="The team's feature module, once per partition."),
        Node(id="split", kind="split", upstream=("features",), doc="Which rows train, compare trials, and decide."),
    )
    study: list[Node] = []
    before = "split"
    for number in range(rounds(pipeline)):
        study.extend(_round(number, before))
        before = f"tell_{number}"
    tail = (
        Node(id="select", kind="select", upstream=(before,), doc="Champion and challenger on the very same rows."),
        Node(id="register", kind="register", upstream=("select",), doc="A version in MLflow and in the ledger."),
        Node(id="deploy", kind="deploy", upstream=("register",), doc="Served beside the champion, then in its place."),
        Node(id="report", kind="report", upstream=("deploy",), doc="What this run did and why, in words."),
    )
    return (*head, *study, *tail)


def _round(number: int, before: str) -> tuple[Node, ...]:
    group = f"round_{number}"
    return (
        Node(
            id=f"ask_{number}",
            kind="ask",
            upstream=(before,),
            group=group,
            round=number,
            doc="Which trials this round makes.",
        ),
        Node(
            id=f"trial_{number}",
            kind="trial",
            upstream=(f"ask_{number}",),
            group=group,
            round=number,
            mapped=True,
            doc="One trial: one algorithm with one set of hyperparameters.",
        ),
        Node(
            id=f"tell_{number}",
            kind="tell",
            upstream=(f"trial_{number}",),
            group=group,
            round=number,
            doc="The round's results in trial order; logged to MLflow.",
        ),
    )
