"""The features step: one batch's accepted rows become features, a label, a time and a key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from regrow.errors import RegrowError
from regrow.steps.contract import StepContext, StepOutcome
from regrow.training.feature_checks import check_features
from regrow.training.frames import read_frame, write_frame
from regrow.training.user_module import call_user_function
from regrow.verdicts import Verdict


def run(context: StepContext) -> StepOutcome:
    """Reads a gate's output, writes `features.parquet`. Without a module the schema's columns are the features."""
    params, gate = context.params, context.inputs.one("gate")
    rows = read_frame(gate / "accepted.parquet").drop("_row", strict=False)
    if context.code is not None:
        made = call_user_function(context.code, params.get("function") or "build", rows, _references(gate))
        label = params["label"]
    else:
        label, made = _schema_columns(rows, params)
    time_column = params.get("time_column")
    made = with_times_typed(made, time_column)
    check_features(made, label, time_column, params.get("key") or ())
    write_frame(made, context.out / "features.parquet")
    return _outcome(made[label], params.get("partition"))


def _references(gate: Path) -> dict[str, pl.DataFrame]:
    return {path.stem: read_frame(path) for path in sorted((gate / "references").glob("*.parquet"))}


def _schema_columns(rows: pl.DataFrame, params: Mapping[str, Any]) -> tuple[str, pl.DataFrame]:
    """The label's name and the columns that the schema names, in its order. The target is a property of its role."""
    properties: Mapping[str, Any] = params.get("columns") or dict.fromkeys(rows.columns)
    label = params.get("label") or next((name for name, rule in properties.items() if _is_target(rule)), None)
    if label is None:
        raise RegrowError('no column is to be predicted: mark one in the schema with "x-regrow-role": "target"')
    wanted = [*properties, label, params.get("time_column"), *(params.get("key") or ())]
    return label, rows.select([name for name in dict.fromkeys(wanted) if name in rows.columns])


def _is_target(rule: Any) -> bool:
    return rule == "target" or (isinstance(rule, Mapping) and rule.get("x-regrow-role") == "target")


def with_times_typed(frame: pl.DataFrame, time_column: str | None) -> pl.DataFrame:
    """Times that came as ISO text become times in UTC, so that they sort and compare as what they are."""
    if not time_column or frame.schema.get(time_column) != pl.String:
        return frame
    text = pl.col(time_column)
    try:
        return frame.with_columns(text.str.to_datetime(time_unit="us", time_zone="UTC"))
    except pl.exceptions.PolarsError as error:
        raise RegrowError(f"the time column {time_column!r} is text that is no time in ISO 8601") from error


def _outcome(label: pl.Series, partition: str | None) -> StepOutcome:
    known = label.drop_nulls()
    counts = {str(value): count for value, count in known.value_counts().sort(label.name).iter_rows()}
    facts: dict[str, Any] = {"rows": len(label), "labelled": len(known)}
    if len(counts) <= 20:
        facts["labels"] = counts
    if known.dtype == pl.Boolean and len(known):
        facts["label_rate"] = round(float(known.sum()) / len(known), 6)
    where = f" of {partition}" if partition else ""
    if not len(label):
        return StepOutcome(f"no rows{where}", verdict=Verdict.NO_DATA, facts=facts)
    return StepOutcome(f"{len(label):,} rows{where}, {len(known):,} of them labelled", facts=facts)
