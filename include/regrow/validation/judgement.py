"""What is found out about a batch's rows: their values, what they break, and which of them are the same."""

from __future__ import annotations

import polars as pl

from regrow.validation.batch import Batch
from regrow.validation.breaks import column_breaks, new_columns
from regrow.validation.expressions import RuleProblem
from regrow.validation.identity import identities, mark_duplicates
from regrow.validation.params import GateParams
from regrow.validation.reasons import Reasons
from regrow.validation.rows import type_rows
from regrow.validation.rules import holds
from regrow.validation.schema import RowSchema


class Judged:
    """What is known of the batch's rows, gathered in the order in which it is found out."""

    def __init__(self, cells: pl.DataFrame) -> None:
        self.reasons = Reasons()
        self.cells = self.typed = self.identity = cells
        self.breaks: tuple[str, ...] = ()
        self.warnings: tuple[str, ...] = ()
        self.invalid = self.inconsistent = 0


def judge(batch: Batch, schema: RowSchema | None, params: GateParams, breaks: tuple[str, ...]) -> Judged:
    judged = Judged(batch.cells() if not batch.header_problems else pl.DataFrame(schema={"_row": pl.Int64()}))
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


def header_breaks(batch: Batch, schema: RowSchema | None) -> tuple[str, ...]:
    names = {file.name: file.records.names for file in batch.files if file.records.names}
    if schema is not None:
        return column_breaks(schema, names)
    different = [file for file, header in names.items() if set(header) != set(next(iter(names.values())))]
    return tuple(f"{file}: its columns differ from those of {next(iter(names))}" for file in different)


def _missing_keys(params: GateParams, cells: pl.DataFrame, batch: Batch) -> tuple[str, ...]:
    if batch.header_problems or cells.width == 1:
        return ()
    return tuple(f"missing key column '{name}'" for name in params.key if name not in cells.columns)


def _apply_rules(judged: Judged, params: GateParams) -> None:
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


def _refuse_all(judged: Judged, rows: int) -> None:
    """The shape has changed: what single rows break says little, and none is accepted."""
    judged.reasons = Reasons()
    everyone = pl.Series(range(rows), dtype=pl.Int64)
    judged.reasons.add(everyone, f"the whole batch is refused: {'; '.join(judged.breaks)}")
