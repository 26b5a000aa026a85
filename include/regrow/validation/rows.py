"""Rows of text against the row schema: typed columns, and for every row every rule that it breaks.

Column by column, never row by row. An empty cell is null; it is refused only where the column is required and its type
does not allow null, for a table cannot tell null from absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from regrow.validation.breaks import type_break
from regrow.validation.reasons import Reasons
from regrow.validation.schema import ColumnRule, RowSchema, SchemaProblem
from regrow.validation.values import READERS, infer, not_finite

Violations = dict[str, pl.Expr]
"""What a reason says after the value, and where it is true."""


@dataclass(frozen=True)
class Typed:
    frame: pl.DataFrame
    """`_row`, the schema's columns in its order (absent ones all null), then columns that it does not name, as text."""
    breaks: tuple[str, ...]
    """Columns that were retyped."""


def type_rows(cells: pl.DataFrame, schema: RowSchema | None, reasons: Reasons) -> Typed:
    """`cells`: `_row` and columns of text. Adds to `reasons` for every rule of every row that is broken."""
    if schema is None:
        return Typed(pl.DataFrame([cells["_row"], *infer(cells.drop("_row"))]), ())
    rules = [rule for rule in schema.columns if rule.name in cells.columns]
    values = cells.select(READERS[rule.reader].read(pl.col(rule.name)).alias(rule.name) for rule in rules)
    breaks = [
        _judge(cells["_row"], cells[rule.name], rule, masks, reasons) for rule, masks in _masks(cells, values, rules)
    ]
    columns = [values[rule.name] if rule in rules else _absent(rule, cells.height) for rule in schema.columns]
    others = [cells[name] for name in cells.columns if name != "_row" and schema.column(name) is None]
    return Typed(pl.DataFrame([cells["_row"], *columns, *others]), tuple(found for each in breaks for found in each))


def _absent(rule: ColumnRule, height: int) -> pl.Series:
    return pl.Series(rule.name, [None], dtype=READERS[rule.reader].dtype).new_from_index(0, height)


def _masks(
    cells: pl.DataFrame, values: pl.DataFrame, rules: list[ColumnRule]
) -> Iterator[tuple[ColumnRule, dict[str, pl.Series]]]:
    """For each column what is violated anywhere, all found in one pass."""
    both = pl.DataFrame(
        [cells[rule.name].alias(f"text {rule.name}") for rule in rules]
        + [values[rule.name].alias(f"value {rule.name}") for rule in rules]
    )
    asked = {
        (position, tail): found for position, rule in enumerate(rules) for tail, found in _violations(rule).items()
    }
    masks = both.select(found.fill_null(False).alias(str(number)) for number, found in enumerate(asked.values()))
    broken = masks.select(pl.all().any()).row(0) if masks.width else ()
    for position, rule in enumerate(rules):
        numbers = [number for number, (column, _) in enumerate(asked) if column == position and broken[number]]
        tails = {number: tail for number, (_, tail) in enumerate(asked)}
        yield rule, {tails[number]: masks[str(number)] for number in numbers}


EMPTY = "is empty"


def _judge(
    rows: pl.Series, text: pl.Series, rule: ColumnRule, masks: dict[str, pl.Series], reasons: Reasons
) -> tuple[str, ...]:
    mistyped = f"is not {READERS[rule.reader].words}"
    for tail, mask in masks.items():
        if tail == EMPTY:
            reasons.add(rows.filter(mask), f"{rule.name}: {EMPTY}")
            continue
        if tail == mistyped and rule.kind in ("integer", "number"):
            infinite = mask & not_finite(text)
            reasons.add_values(rows.filter(infinite), rule.name, text.filter(infinite), "is not a finite number")
            mask = mask & ~infinite
        reasons.add_values(rows.filter(mask), rule.name, text.filter(mask), tail)
    return type_break(rule, text, masks[mistyped]) if mistyped in masks else ()


def _violations(rule: ColumnRule) -> Violations:
    text, value = pl.col(f"text {rule.name}"), pl.col(f"value {rule.name}")
    found: Violations = {}
    if rule.required and not rule.nullable:
        found[EMPTY] = text.is_null()
    if rule.reader != "string":
        found[f"is not {READERS[rule.reader].words}"] = value.is_null() & text.is_not_null()
    if rule.allowed is not None:
        allowed = pl.Series(list(rule.allowed), strict=False).cast(READERS[rule.kind].dtype)
        found[f"is not one of {_listed(rule.allowed)}"] = ~(text if rule.kind == "string" else value).is_in(
            allowed.implode()
        )
    return found | _range(rule, value) | _text(rule, text)


def _listed(values: tuple[object, ...]) -> str:
    shown = ", ".join(repr(value) for value in values[:8])
    return f"{shown}, ... ({len(values)} values)" if len(values) > 8 else shown


def _range(rule: ColumnRule, value: pl.Expr) -> Violations:
    found: Violations = {}
    if rule.minimum is not None:
        found[f"is not >= {rule.minimum:g}"] = value < rule.minimum
    if rule.maximum is not None:
        found[f"is not <= {rule.maximum:g}"] = value > rule.maximum
    if rule.exclusive_minimum is not None:
        found[f"is not > {rule.exclusive_minimum:g}"] = value <= rule.exclusive_minimum
    if rule.exclusive_maximum is not None:
        found[f"is not < {rule.exclusive_maximum:g}"] = value >= rule.exclusive_maximum
    return found


def _text(rule: ColumnRule, text: pl.Expr) -> Violations:
    found: Violations = {}
    if rule.min_length is not None:
        found[f"is shorter than {rule.min_length} characters"] = text.str.len_chars() < rule.min_length
    if rule.max_length is not None:
        found[f"is longer than {rule.max_length} characters"] = text.str.len_chars() > rule.max_length
    if rule.pattern is not None:
        _refuse_pattern(rule)
        found[f"does not match {rule.pattern}"] = ~text.str.contains(rule.pattern)
    return found


def _refuse_pattern(rule: ColumnRule) -> None:
    """Patterns run in time linear in the text, so those that need to look around or back cannot."""
    try:
        pl.Series([""]).str.contains(rule.pattern or "")
    except pl.exceptions.ComputeError as error:
        words = f"{rule.name}: pattern {rule.pattern!r} needs look-around or back-references"
        raise SchemaProblem((words,)) from error
