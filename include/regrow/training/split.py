"""The split step: all partitions' features become coded rows that train, compare and test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from regrow.errors import RegrowError
from regrow.frozen import canonical
from regrow.steps.contract import StepContext, StepOutcome
from regrow.training.cuts import Cut, random_cut, temporal_cut
from regrow.training.encoding import class_texts, encode, learn_table
from regrow.training.frames import read_frame, write_frame
from regrow.training.leaks import find_leaks
from regrow.training.matrix import LABEL, PARTS, TIME
from regrow.training.stack import stack
from regrow.training.table import TableSpec
from regrow.verdicts import Verdict


def run(context: StepContext) -> StepOutcome:
    """Reads `features` of every partition; writes the three parts, `table.json` and `warnings.json`."""
    params = context.params
    label, time, key = params["label"], params.get("time_column"), tuple(params.get("key") or ())
    rows = _labelled(context.inputs.many("features"), label, time, key)
    if not rows.height:
        return StepOutcome("no labelled rows to learn from", verdict=Verdict.NO_DATA, facts={"rows": 0})
    if rows[label].n_unique() < 2:
        return _refused(f"the label {label!r} is {rows[label][0]!r} in all {rows.height:,} rows: nothing to tell apart")
    kind = _kind(params.get("kind", "auto"), time)
    cut = _cut(rows, kind, params, context.seed)
    table = learn_table(rows[cut.train], label, time, key)
    parts = {part: encode(rows[getattr(cut, part)], table) for part in PARTS}
    if poor := [part for part in PARTS if parts[part][LABEL].n_unique() < 2]:
        return _refused(f"the {poor[0]} rows have fewer than two classes of {label!r}: more or other data is needed")
    return _written(context.out, kind, parts, table, rows.height)


def _labelled(folders: Mapping[str, Path], label: str, time: str | None, key: tuple[str, ...]) -> pl.DataFrame:
    """All partitions under each other, rows without a label left out, sorted by time, then key."""
    frames = [(partition, read_frame(folder / "features.parquet")) for partition, folder in folders.items()]
    if not frames:
        return pl.DataFrame({label: []})
    rows = stack(frames)
    order = [name for name in (time, *key) if name]
    rows = rows.filter(pl.col(label).is_not_null())
    return rows.sort(order, maintain_order=True) if order else rows


def _kind(kind: str, time: str | None) -> str:
    if kind == "temporal" and not time:
        raise RegrowError("a temporal split needs a time column; name one or split at random")
    return ("temporal" if time else "random") if kind == "auto" else kind


def _cut(rows: pl.DataFrame, kind: str, params: Mapping[str, Any], seed: int) -> Cut:
    validation, test = float(params.get("validation", 0.2)), float(params.get("test", 0.2))
    if validation + test >= 1:
        raise RegrowError(f"validation {validation:g} and test {test:g} leave no rows to train on")
    if kind == "temporal":
        return temporal_cut(rows[params["time_column"]], validation, test)
    return random_cut(class_texts(rows[params["label"]]).to_list(), validation, test, seed)


def _refused(reason: str) -> StepOutcome:
    return StepOutcome(reason, verdict=Verdict.FAIL)


def _written(out: Path, kind: str, parts: dict[str, pl.DataFrame], table: TableSpec, rows: int) -> StepOutcome:
    kept = {part: frame.height for part, frame in parts.items()}
    warnings = list(find_leaks(parts["train"], table))
    if left_out := rows - sum(kept.values()):
        warnings.append(f"{left_out:,} rows are of classes that no training row has; they are left out")
    for part, frame in parts.items():
        write_frame(frame, out / f"{part}.parquet")
    (out / "table.json").write_bytes(table.canonical())
    (out / "warnings.json").write_bytes(canonical(warnings))
    sizes = ", ".join(f"{count:,} {part}" for part, count in kept.items())
    facts: dict[str, Any] = {"kind": kind, "rows": kept, "features": len(table.features), "classes": len(table.classes)}
    facts |= {
        "warnings": warnings,
        "spans": {part: _span(frame) for part, frame in parts.items()} if table.time else {},
    }
    told = f"; {len(warnings)} warning(s): {warnings[0]}" if warnings else ""
    return StepOutcome(f"{kind} split of {len(table.features)} features: {sizes} rows{told}", facts=facts)


def _span(part: pl.DataFrame) -> list[str]:
    return [str(part[TIME].min()), str(part[TIME].max())]
