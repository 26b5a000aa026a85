"""The language of rules: `air_time <= distance / 3 and origin != dest`. Python's grammar, and almost none of Python.

Allowed are columns, numbers, texts, True, False and None, comparisons (chained too), and / or / not, + - * / // %,
brackets, `is None` and `is not None`, and abs, min, max. Nothing is ever executed: rules become polars expressions.
Light: the spec's checker uses it without data.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from regrow.errors import RegrowError, nearest

LONGEST = 500
"""Characters of a rule."""
FUNCTIONS = {"abs": 1, "min": 2, "max": 2}
"""Each with the fewest arguments that it takes."""
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


class RuleProblem(RegrowError):
    """A rule that cannot be understood or does not fit its columns."""

    exit_code = 2
    code = "rule"


def check_rule(text: str, columns: Collection[str] | None = None) -> tuple[str, ...]:
    """What is wrong with a rule, each in words with its position; empty where nothing is.

    `columns`: the names that it may use; None: any.
    """
    try:
        tree = _tree(text)
    except RuleProblem as problem:
        return (problem.sentence,)
    return tuple(_problems(tree, columns))


def parse_rule(text: str, columns: Collection[str] | None = None) -> ast.expr:
    """The checked tree. Raises RuleProblem with everything that is wrong."""
    problems = check_rule(text, columns)
    if problems:
        raise RuleProblem(f"rule {text!r}: {'; '.join(problems)}")
    return _tree(text)


def _tree(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise RuleProblem(f"it is longer than {LONGEST} characters")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise RuleProblem(f"it cannot be read at column {error.offset or 1}: {error.msg}") from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise RuleProblem("it cannot be read") from error


def _problems(tree: ast.expr, columns: Collection[str] | None) -> Iterator[str]:
    if not _is_condition(tree):
        yield _at(tree, "a rule is true or false; compare something")
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            yield from _node_problems(node, columns)


def _node_problems(node: ast.expr, columns: Collection[str] | None) -> Iterator[str]:
    match node:
        case ast.Name():
            yield from _name_problems(node, columns)
        case ast.Constant():
            yield from _constant_problems(node)
        case ast.Compare():
            yield from _comparison_problems(node)
        case ast.BoolOp(values=values):
            yield from (_at(part, "and / or join conditions") for part in values if not _is_condition(part))
        case ast.BinOp(op=op) if not isinstance(op, _ARITHMETIC):
            yield _at(node, "only + - * / // % are allowed")
        case ast.UnaryOp(op=ast.Not(), operand=operand) if not _is_condition(operand):
            yield _at(operand, "not turns a condition")
        case ast.BinOp() | ast.UnaryOp(op=ast.UAdd() | ast.USub() | ast.Not()):
            pass
        case ast.Call():
            yield from _call_problems(node)
        case _:
            yield _at(node, f"{type(node).__name__} is not allowed in a rule")


def _name_problems(node: ast.Name, columns: Collection[str] | None) -> Iterator[str]:
    if columns is not None and node.id not in columns and node.id not in FUNCTIONS:
        guess = nearest(node.id, columns)
        yield _at(node, f"there is no column '{node.id}'" + (f"; did you mean '{guess}'?" if guess else ""))


def _is_condition(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, bool)
    return isinstance(node, (ast.Compare, ast.BoolOp, ast.Name)) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def _constant_problems(node: ast.Constant) -> Iterator[str]:
    value = node.value
    if not (value is None or isinstance(value, (bool, int, float, str))):
        yield _at(node, f"{value!r} is not a number or a text")
    elif isinstance(value, (int, float)) and abs(value) > 1e18:
        yield _at(node, "the number is too large")


def _comparison_problems(node: ast.Compare) -> Iterator[str]:
    for op, right in zip(node.ops, node.comparators, strict=True):
        none = isinstance(right, ast.Constant) and right.value is None
        if isinstance(op, (ast.Is, ast.IsNot)):
            if not none:
                yield _at(right, "is and is not go with None only")
        elif not isinstance(op, _ORDER):
            yield _at(right, "in is not allowed; compare with == and or")
        elif none:
            yield _at(right, "write is None or is not None")


def _call_problems(node: ast.Call) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else None
    if name not in FUNCTIONS or node.keywords:
        yield _at(node, f"only {', '.join(FUNCTIONS)} can be called, without keywords")
    elif len(node.args) < FUNCTIONS[name] or (name == "abs" and len(node.args) > 1):
        yield _at(node, f"{name} takes {'one value' if name == 'abs' else 'two values or more'}")


def _at(node: ast.expr, words: str) -> str:
    return f"{words} (at column {node.col_offset + 1})"
