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
from regrow.validation.breaks import column_breaks, new_columns
from regrow.validation.decision import Checked, check, decide, limits
from regrow.validation.dimensions import dimensions
from regrow.validation.expressions import RuleProblem
from regrow.validation.identity import identities, mark_duplicates
from regrow.validation.measure import AccuracyTask, BatchFacts, Measure, TimelinessTask
from regrow.validation.params import GateParams, read_params
from regrow.validation.parquet import write_parquet
from regrow.validation.profile import profile
from regrow.validation.quarantine import write_lot
from regrow.validation.reasons import Reasons
from regrow.validation.references import ReferenceProblem, read_references
from regrow.validation.rows import type_rows
from regrow.validation.rules import holds
from regrow.validation.schema import RowSchema, read_schema
from regrow.verdicts import Verdict


def kernels(params: Mapping[str, Any]) -> tuple[str, ...]:
    """The modules of the dimensions that these parameters select."""
    return tuple(dimensions.module(name) for name in read_params(params).measured)


def run(context: StepContext) -> StepOutcome:
    """Writes accepted.parquet, raw.parquet, lot.parquet, headers.json, quality.json, profile.json and references/."""
    params, snapshot = read_params(context.params), context.inputs.one("snapshot")
    context.out.mkdir(parents=True, exist_ok=True)
    schema = read_schema(params.row_schema) if params.row_schema else None
    batch = read_batch(snapshot / "rows")
    references, breaks = _references(params, snapshot, context.out)
    breaks += (*batch.header_problems, *_column_breaks(batch, schema))
    judged = _judge(batch, schema, params, breaks)
    facts = _facts(params, batch, judged, schema, references, snapshot)
    return _conclude(context.out, params, batch, judged, facts)


class _Judged:
    """What is known of the batch's rows, gathered in the order in which it is found out."""

    def __init__(self, cells: pl.DataFrame) -> None:
        self.reasons = Reasons()
        self.cells = self.typed = self.identity = cells
        self.breaks: tuple[str, ...] = ()
        self.warnings: tuple[str, ...] = ()
        self.invalid = self.inconsistent = 0


def _judge(batch: Batch, schema: RowSchema | None, params: GateParams, breaks: tuple[str, ...]) -> _Judged:
    judged = _Judged(batch.cells() if not batch.header_problems else pl.DataFrame(schema={"_row": pl.Int64()}))
    if schema and schema.null_words and judged.cells.width > 1:
        judged.cells = judged.cells.with_columns(pl.exclude("_row").replace(list(schema.null_words), None))
    judged.reasons.add_each({row: f"unreadable: {reason}" for row, reason in batch.unreadable().items()})
    typed = type_rows(judged.cells, schema, judged.reasons)
    judged.typed = typed.frame
    judged.breaks = breaks + typed.breaks
    judged.invalid = len(judged.reasons.rows())
    judged.warnings = new_columns(schema, [file.records.names for file in batch.files]) if schema else ()
    judged.identity = identities(judged.cells, judged.typed, params.key)
    judged.breaks += _missing_keys(params, judged.cells, batch)
    _apply_rules(judged, params)
    mark_duplicates(judged.identity, judged.reasons.rows(), judged.reasons)
    if judged.breaks:
        _refuse_all(judged, batch.rows)
    return judged


def _column_breaks(batch: Batch, schema: RowSchema | None) -> tuple[str, ...]:
    names = {file.name: file.records.names for file in batch.files if file.records.names}
    if schema is not None:
        return column_breaks(schema, names)
    different = [file for file, header in names.items() if set(header) != set(next(iter(names.values())))]
    return tuple(f"{file}: its columns differ from those of {next(iter(names))}" for file in different)


def _missing_keys(params: GateParams, cells: pl.DataFrame, batch: Batch) -> tuple[str, ...]:
    if batch.header_problems or cells.width == 1:
        return ()
    return tuple(f"missing key column '{name}'" for name in params.key if name not in cells.columns)


def _apply_rules(judged: _Judged, params: GateParams) -> None:
    """A rule that does not fit the columns refuses the batch: it would hold for nobody knows whom."""
    broken = pl.repeat(False, judged.typed.height, dtype=pl.Boolean, eager=True)
    for rule in params.rules if judged.typed.height and not judged.breaks else ():
        try:
            bad = ~holds(judged.typed.drop("_row"), rule.expression)
        except RuleProblem as problem:
            judged.breaks += (problem.sentence,)
            continue
        judged.reasons.add(judged.typed["_row"].filter(bad), f"rule {rule.name}: {rule.expression} does not hold")
        broken |= bad
    judged.inconsistent = int(broken.sum())


def _refuse_all(judged: _Judged, rows: int) -> None:
    """The shape has changed: what single rows break says little, and none is accepted."""
    judged.reasons = Reasons()
    everyone = pl.Series(range(rows), dtype=pl.Int64)
    judged.reasons.add(everyone, f"the whole batch is refused: {'; '.join(judged.breaks)}")


def _references(params: GateParams, snapshot: Path, out: Path) -> tuple[dict[str, pl.DataFrame], tuple[str, ...]]:
    """The references, passed on as Parquet, and what is wrong with them."""
    try:
        found = read_references(snapshot / "references")
    except ReferenceProblem as problem:
        return {}, (problem.sentence,)
    for name, frame in found.items():
        (out / "references").mkdir(exist_ok=True)
        write_parquet(frame, out / "references" / f"{name}.parquet")
    task = params.accuracy
    if task is None:
        return found, ()
    if task.reference not in found:
        return found, (f"the reference '{task.reference}' is missing",)
    missing = [name for name in (*task.match, *task.agree) if name not in found[task.reference].columns]
    return found, tuple(f"the reference '{task.reference}' has no column '{name}'" for name in missing)


def _facts(
    params: GateParams,
    batch: Batch,
    judged: _Judged,
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
    path = snapshot / "arrival.json"
    said = orjson.loads(path.read_bytes()).get("arrived_at") if path.exists() else None
    if said:
        return datetime.fromisoformat(said)
    try:
        day = datetime.fromisoformat(partition).date()
    except ValueError:
        return None
    return datetime.combine(day, time(), tzinfo=UTC) + timedelta(days=1)


def _conclude(out: Path, params: GateParams, batch: Batch, judged: _Judged, facts: BatchFacts) -> StepOutcome:
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
    judged: _Judged,
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
