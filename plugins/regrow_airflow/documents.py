"""What people read about a pipeline in Airflow: written from its spec."""

from __future__ import annotations

from regrow.spec.model import Pipeline
from regrow.steps.graph import Node, searches
from regrow_airflow.schedules import in_words

_TAG_LENGTH = 100


def retraining_doc(pipeline: Pipeline) -> str:
    spec = pipeline.spec
    tried = ", ".join(
        f"{name} ({search.kind} search, {search.rounds} round{'s' * (search.rounds > 1)})"
        for name, search in searches(pipeline).items()
    )
    metric = spec.selection.metric or spec.training.metric
    rows = {
        "Retrained": in_words(pipeline),
        "Trains on": _window(pipeline),
        "Tries": f"{tried}; {spec.training.parallel} trials at once",
        "A trial ends": f"after {spec.training.timeout_minutes:g} minutes",
        "A round counts": f"when {spec.training.min_success_ratio:.0%} of its trials succeed",
        "A challenger wins": f"with a better {metric}, by more than {spec.selection.min_improvement:g} at "
        f"{spec.selection.confidence:.0%} confidence" + _required(pipeline),
        "Takes over": spec.deployment.strategy,
    }
    flow = "due → features → split → rounds of ask, trials, tell → select → register → deploy → report"
    return _page(
        pipeline, flow, rows, "Keeping the champion is a good outcome: what follows is skipped, the report says why."
    )


def arrival_doc(pipeline: Pipeline) -> str:
    data = pipeline.spec.data
    checks = [check.text for check in data.validation.quality_checks]
    rows = {
        "Watches": f"{data.source} ({data.partition} partitions, files {data.file})",
        "Whole when": f"{data.arrival.marker} lies there, or after {data.arrival.quiet_minutes:g} quiet minutes",
        "Looks": f"every {data.arrival.poll_seconds:g} s",
        "A batch needs": "; ".join([f"{data.validation.min_rows} rows", *checks]),
        "Refused when": f"more than {data.validation.max_quarantined:.0%} of its rows are quarantined",
    }
    flow = "wait → for each partition: snapshot → data gate → event"
    return _page(
        pipeline, flow, rows, "A refused batch fails its own gate only; the next one goes on, the champion stays."
    )


def tags(pipeline: Pipeline) -> list[str]:
    """The spec's labels as `name:value`, cut to what Airflow holds."""
    labels = [f"{name}:{value}" if value else name for name, value in sorted(pipeline.metadata.labels.items())]
    return ["regrow", *(label[:_TAG_LENGTH] for label in labels)]


def node_doc(node: Node) -> str:
    return f"{node.doc}\n"


def _page(pipeline: Pipeline, flow: str, rows: dict[str, str], note: str) -> str:
    meta = pipeline.metadata
    table = "\n".join(f"| {name} | {_cell(text)} |" for name, text in rows.items())
    owner = f"\n\nOwner: {meta.owner}" if meta.owner else ""
    return f"## {meta.name}\n\n{meta.description}{owner}\n\n**{flow}**\n\n| | |\n|---|---|\n{table}\n\n{note}\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _window(pipeline: Pipeline) -> str:
    policy = pipeline.spec.retrain
    span = f"the last {policy.window_days} days" if policy.window_days else "every accepted partition"
    return f"{span}, once there are {policy.min_partitions}"


def _required(pipeline: Pipeline) -> str:
    limits = [f"{name} {limit.text}" for name, limit in pipeline.spec.selection.require.items()]
    return f"; always {', '.join(limits)}" if limits else ""
