"""The data gate: which rows may be learnt from, why the others may not, and whether the batch as a whole is taken.

Every row of every file ends up in exactly one of two places; together they rebuild the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from regrow.errors import Corrupt
from regrow.steps.contract import StepContext, StepOutcome
from regrow.validation.batch import Batch, read_batch
from regrow.validation.decision import Checked, check, decide, limits
from regrow.validation.dimensions import dimensions
from regrow.validation.judgement import Judged, header_breaks, judge
from regrow.validation.measure import AccuracyTask, BatchFacts, Measure, TimelinessTask
from regrow.validation.params import GateParams, read_params
from regrow.validation.parquet import write_parquet
from regrow.validation.profile import profile
from regrow.validation.quarantine import write_lot
from regrow.validation.references import ReferenceProblem, read_references
from regrow.validation.schema import RowSchema, read_schema
from regrow.verdicts import Verdict


def run(context: StepContext) -> StepOutcome:
    """Writes accepted.parquet, raw.parquet, lot.parquet, headers.json, quality.json, profile.json and references/."""
    params, snapshot = read_params(context.params), context.inputs.one("snapshot")
    context.out.mkdir(parents=True, exist_ok=True)
    schema = read_schema(params.row_schema) if params.row_schema else None
    batch = read_batch(snapshot / "rows")
    references, breaks = _references(params, snapshot, context.out)
    breaks += (*batch.header_problems, *header_breaks(batch, schema))
    judged = judge(batch, schema, params, breaks)
    facts = _facts(params, batch, judged, schema, references, snapshot)
    return _conclude(context.out, params, batch, judged, facts)


def _references(params: GateParams, snapshot: Path, out: Path) -> tuple[dict[str, pl.DataFrame], tuple[str, ...]]:
    """The references, passed on as Parquet, and what is wrong with them."""
    try:
        found = read_references(snapshot / "references")
    except ReferenceProblem as problem:
        return {}, (problem.sentence,)
    for name, frame in found.items():
        (out / "references").mkdir(exist_ok=True)
        write_parquet(frame, out / "references" / f"{name}.parquet")
    return found, (*_missing(params, snapshot, found), *_missing_columns(params, found))


def _missing(params: GateParams, snapshot: Path, found: Mapping[str, pl.DataFrame]) -> list[str]:
    names = {str(name) for name in _arrival(snapshot).get("missing", ())}
    names |= {params.accuracy.reference} if params.accuracy else set()
    return [f"the reference '{name}' is missing" for name in sorted(names - found.keys())]


def _missing_columns(params: GateParams, found: Mapping[str, pl.DataFrame]) -> list[str]:
    task = params.accuracy
    if task is None or task.reference not in found:
        return []
    known = found[task.reference].columns
    absent = [name for name in (*task.match, *task.agree) if name not in known]
    return [f"the reference '{task.reference}' has no column '{name}'" for name in absent]


def _arrival(snapshot: Path) -> dict[str, Any]:
    path = snapshot / "arrival.json"
    return dict(orjson.loads(path.read_bytes())) if path.exists() else {}


def _facts(
    params: GateParams,
    batch: Batch,
    judged: Judged,
    schema: RowSchema | None,
    references: dict[str, pl.DataFrame],
    snapshot: Path,
) -> BatchFacts:
    return BatchFacts(
        rows=batch.rows,
        invalid=judged.invalid,
        inconsistent=judged.inconsistent,
        cells=judged.cells,
        typed=judged.typed,
        identity=judged.identity,
        required=schema.required if schema else (),
        references=references,
        accuracy=AccuracyTask(**params.accuracy.model_dump()) if params.accuracy else None,
        timeliness=TimelinessTask(**params.timeliness.model_dump()) if params.timeliness else None,
        arrived_at=_arrived_at(snapshot, params.partition),
    )


def _arrived_at(snapshot: Path, partition: str) -> datetime | None:
    """What the marker said; else the end of the partition's day, before which it cannot have been whole."""
    said = _arrival(snapshot).get("arrived_at")
    if said:
        return datetime.fromisoformat(str(said))
    try:
        day = datetime.fromisoformat(partition).date()
    except ValueError:
        return None
    return datetime.combine(day, time(), tzinfo=UTC) + timedelta(days=1)


def _conclude(out: Path, params: GateParams, batch: Batch, judged: Judged, facts: BatchFacts) -> StepOutcome:
    table = judged.reasons.table()
    refused = write_lot(batch, table, out)
    accepted = judged.typed.join(table, on="_row", how="anti", maintain_order="left") if refused else judged.typed
    if accepted.height + refused != batch.rows:
        raise Corrupt(what="the batch's row count", expected=str(batch.rows), found=f"{accepted.height} + {refused}")
    write_parquet(accepted.select(pl.all().exclude("_row"), "_row"), out / "accepted.parquet")
    _write(out / "profile.json", profile(accepted))
    measures = {name: dimensions.load(name)(facts, None) for name in params.measured} if not judged.breaks else {}
    checks = _checks(params, batch, facts, accepted.height, measures) if not judged.breaks and batch.rows else ()
    verdict, reason = decide(batch.rows, accepted.height, judged.breaks, checks)
    told = {name: measure.model_dump(mode="json") for name, measure in measures.items()}
    _write(out / "quality.json", {**told, "checks": [item.model_dump(mode="json") for item in checks]})
    return _outcome(verdict, reason, batch, accepted.height, judged, measures, checks)


def _checks(
    params: GateParams, batch: Batch, facts: BatchFacts, accepted: int, measures: Mapping[str, Measure]
) -> tuple[Checked, ...]:
    found = [
        check(item, dimensions.load(item.measure)(facts, item.argument) if item.argument else measures[item.measure])
        for item in params.parsed_checks
    ]
    return (*found, *limits(batch.rows, accepted, params.max_quarantined, params.min_rows))


def _write(path: Path, value: Any) -> None:
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2))


def _outcome(
    verdict: Verdict,
    reason: str,
    batch: Batch,
    accepted: int,
    judged: Judged,
    measures: Mapping[str, Measure],
    checks: tuple[Checked, ...],
) -> StepOutcome:
    facts = {
        "rows_in": batch.rows,
        "rows_accepted": accepted,
        "rows_quarantined": batch.rows - accepted,
        "measures": {name: measure.value if measure.known else None for name, measure in measures.items()},
        "checks": [item.model_dump(mode="json") for item in checks],
        "breaks": list(judged.breaks[:20]),
        "warnings": list(judged.warnings[:20]),
    }
    return StepOutcome(reason, verdict, facts)
