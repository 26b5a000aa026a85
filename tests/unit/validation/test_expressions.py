from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regrow.validation.expressions import RuleProblem, check_rule, parse_rule

COLUMNS = ("air_time", "distance", "origin", "dest", "cancelled")


@pytest.mark.parametrize(
    "text",
    [
        "air_time <= distance / 3",
        "origin != dest",
        "0 <= air_time < 24 * 60",
        "air_time is None or not cancelled",
        "air_time is not None and abs(air_time - 5) // 2 % 3 > -1",
        "(min(air_time, distance) <= max(air_time, distance, 1))",
        "cancelled",
        "cancelled == True",
        "True",
        " origin == 'JFK' ",
    ],
)
def test_rules_of_the_language_are_accepted(text: Any) -> None:
    assert check_rule(text, COLUMNS) == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("air_tme < 3", "there is no column 'air_tme'; did you mean 'air_time'? (at column 1)"),
        ("air_time", None),
        ("air_time +", "it cannot be read at column"),
        ("", "it cannot be read at column"),
        ("air_time + 1", "a rule is true or false; compare something (at column 1)"),
        ("3", "a rule is true or false; compare something (at column 1)"),
        ("__import__('os').system('x')", "only abs, min, max can be called, without keywords (at column 1)"),
        ("open('x') == 1", "only abs, min, max can be called"),
        ("air_time.real > 1", "Attribute is not allowed in a rule (at column 1)"),
        ("air_time[0] > 1", "Subscript is not allowed in a rule (at column 1)"),
        ("[x for x in origin]", "ListComp is not allowed"),
        ("(lambda: 1)() > 0", "only abs, min, max can be called"),
        ("f'{origin}' == 'x'", "JoinedStr is not allowed"),
        ("(air_time := 1) > 0", "NamedExpr is not allowed"),
        ("air_time if cancelled else distance", "IfExp is not allowed"),
        ("air_time ** 2 > 1", "only + - * / // % are allowed (at column 1)"),
        ("air_time | 1 > 0", "only + - * / // % are allowed"),
        ("~air_time > 0", "UnaryOp is not allowed"),
        ("origin in ('a', 'b')", "in is not allowed; compare with == and or"),
        ("origin is dest", "is and is not go with None only"),
        ("origin == None", "write is None or is not None"),
        ("air_time > 1j", "1j is not a number or a text"),
        ("origin == b'x'", "b'x' is not a number or a text"),
        ("air_time < 10000000000000000000000", "the number is too large"),
        ("abs(air_time, 2) > 1", "abs takes one value"),
        ("min(air_time) > 1", "min takes two values or more"),
        ("max(air_time, key=1) > 1", "only abs, min, max can be called, without keywords"),
        ("air_time and distance > 'x' + 1 and 3", "and / or join conditions"),
        ("not 3", "not turns a condition"),
        ("a" * 501, "it is longer than 500 characters"),
        ("(" * 240 + "1" + ")" * 240 + " > 0", "it cannot be read"),
        ("air_time > 0; distance > 0", "it cannot be read at column"),
        ("air_time > '\0'", "it cannot be read"),
    ],
)
def test_everything_else_is_refused_with_its_position(text: Any, problem: Any) -> None:
    found = check_rule(text, COLUMNS)
    if problem is None:
        assert found == ()
        return
    assert any(problem in line for line in found), found
    with pytest.raises(RuleProblem):
        parse_rule(text, COLUMNS)


def test_every_problem_is_told_at_once() -> None:
    assert len(check_rule("a.b > 1 and c[0] > 1 and d ** 2 > 1")) == 3


def test_without_known_columns_any_name_goes() -> None:
    assert check_rule("whatever > 1") == ()


@given(st.text(max_size=80))
def test_any_text_is_accepted_or_refused_in_words(text: Any) -> None:
    assert all(isinstance(problem, str) and problem for problem in check_rule(text, COLUMNS))


def test_checking_a_rule_loads_no_table_library() -> None:
    code = "import sys, regrow.validation.expressions, regrow.validation.dimensions, regrow.validation.params; "
    code += "sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
