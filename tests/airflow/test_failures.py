"""A failure ends in five lines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from regrow.errors import NotFound, RegrowError, Unreachable, UsageError, VerdictFailed
from regrow.ledger.port import Champion
from regrow_airflow.failures import five_lines, impact

REFUSED = VerdictFailed(gate="data gate", subject="2013-02-08", reason="completeness 0.43, needed > 0.8")
GONE = Unreachable(service="the source", address="/data", reason="no such folder")


def lines(error: BaseException) -> list[str]:
    return five_lines(error, pipeline="flights", impact="champion 1.0.0 still serves", link="http://log").splitlines()


def test_a_verdict_tells_what_value_impact_next_step_and_link() -> None:
    assert lines(REFUSED) == [
        "what    data gate refused 2013-02-08",
        "value   completeness 0.43, needed > 0.8",
        "impact  champion 1.0.0 still serves",
        "next    regrow status flights",
        "link    http://log",
    ]


@pytest.mark.parametrize(
    ("error", "command"),
    [
        (UsageError("the spec is wrong"), "regrow validate"),
        (GONE, "regrow doctor"),
        (NotFound("trial", "r0k09", ["r0k00"]), "regrow doctor"),
        (KeyError("x"), "regrow doctor"),
    ],
)
def test_every_failure_has_five_lines_and_one_command(error: BaseException, command: str) -> None:
    found = lines(error)
    assert [line.split()[0] for line in found] == ["what", "value", "impact", "next", "link"]
    assert found[3] == f"next    {command}"


def test_facts_are_the_value_where_there_is_no_limit() -> None:
    assert lines(NotFound("trial", "r0k09", ["r0k00"]))[1] == "value   noun trial, name r0k09"
    assert lines(RegrowError("it broke"))[1] == "value   no measured value"


def test_the_impact_is_on_those_who_ask_the_model() -> None:
    champion = Champion(model="flights", version="1.2.0", epoch=3, since=datetime(2024, 1, 1, tzinfo=UTC))
    assert impact(champion, "flights") == "champion 1.2.0 of flights still serves"
    assert "nothing is served" in impact(None, "flights")
