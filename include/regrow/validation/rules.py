"""Rules over typed columns. What is unknown breaks no rule: where a null decides, the rule holds for that row.

Null goes through comparisons and arithmetic; `and` and `or` know that false and true decide alone. Dividing by zero
gives null. `x is None` asks for it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import reduce

import polars as pl

from regrow.validation.expressions import RuleProblem, parse_rule

_ORDER: dict[type[ast.cmpop], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ast.Lt: lambda left, right: left < right,
    ast.LtE: lambda left, right: left <= right,
    ast.Gt: lambda left, right: left > right,
    ast.GtE: lambda left, right: left >= right,
    ast.Eq: lambda left, right: left == right,
    ast.NotEq: lambda left, right: left != right,
    ast.Is: lambda left, _: left.is_null(),
    ast.IsNot: lambda left, _: left.is_not_null(),
}
_ARITHMETIC: dict[type[ast.operator], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / _not_zero(right),
    ast.FloorDiv: lambda left, right: left // _not_zero(right),
    ast.Mod: lambda left, right: left % _not_zero(right),
}


def holds(frame: pl.DataFrame, text: str) -> pl.Series:
    """True for every row that does not break the rule. Raises RuleProblem where it does not fit the columns."""
    tree = parse_rule(text, frame.columns)
    try:
        found = frame.select(_condition(tree, frame.schema)).to_series()
    except pl.exceptions.PolarsError as error:
        raise RuleProblem(f"rule {text!r} does not fit its columns: {str(error).splitlines()[0]}") from error
    if found.dtype != pl.Boolean:
        raise RuleProblem(f"rule {text!r} gives {found.dtype}, not true or false")
    if len(found) == 1 and frame.height != 1:
        found = found.new_from_index(0, frame.height)
    return found.fill_null(True)


Types = Mapping[str, pl.DataType]


def _condition(node: ast.expr, types: Types) -> pl.Expr:
    match node:
        case ast.BoolOp(op=op, values=values):
            parts = [_condition(value, types) for value in values]
            return reduce(lambda left, right: left & right if isinstance(op, ast.And) else left | right, parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ~_condition(operand, types)
        case ast.Compare():
            return _comparison(node, types)
        case _:
            return _value(node)


def _comparison(node: ast.Compare, types: Types) -> pl.Expr:
    sides = [node.left, *node.comparators]
    kind = next((found for side in sides if (found := _temporal(side, types))), None)
    values = [_moment(side, kind) if kind else _value(side) for side in sides]
    steps = zip(node.ops, values[:-1], values[1:], strict=True)
    return reduce(lambda left, right: left & right, [_ORDER[type(op)](left, right) for op, left, right in steps])


def _temporal(node: ast.expr, types: Types) -> pl.DataType | None:
    found = types.get(node.id) if isinstance(node, ast.Name) else None
    return found if found is not None and found.is_temporal() else None


def _moment(node: ast.expr, kind: pl.DataType) -> pl.Expr:
    """A text that is compared with a date or a time means one."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return _value(node)
    try:
        when = pl.Series([node.value]).str.to_datetime(time_zone="UTC", time_unit="us")
    except pl.exceptions.PolarsError as error:
        raise RuleProblem(f"'{node.value}' is neither a date nor a time") from error
    return pl.lit(when.cast(kind)[0], dtype=kind)


def _value(node: ast.expr) -> pl.Expr:
    match node:
        case ast.Name(id=name):
            return pl.col(name)
        case ast.Constant(value=bool() | str() | None as value):
            return pl.lit(value)
        case ast.Constant(value=value):
            return pl.lit(value, dtype=pl.Int64 if isinstance(value, int) else pl.Float64)
        case ast.BinOp(left=left, op=op, right=right):
            return _ARITHMETIC[type(op)](_value(left), _value(right))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, [_value(argument) for argument in arguments])
        case _:
            return _condition(node, {})


def _call(name: str, arguments: list[pl.Expr]) -> pl.Expr:
    """Unlike polars' own, min and max of something unknown are unknown."""
    if name == "abs":
        return arguments[0].abs()
    known = reduce(lambda left, right: left & right, [argument.is_not_null() for argument in arguments])
    best = pl.min_horizontal(arguments) if name == "min" else pl.max_horizontal(arguments)
    return pl.when(known).then(best)


def _not_zero(divisor: pl.Expr) -> pl.Expr:
    return pl.when(divisor != 0).then(divisor)
