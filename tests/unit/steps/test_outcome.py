from datetime import UTC, datetime

import pytest

from regrow.ledger.port import Champion, ModelVersion, Run, StepRecord
from regrow.steps.outcome import outcome
from regrow.verdicts import Verdict

NOW = datetime(2024, 1, 1, tzinfo=UTC)
CHAMPION = Champion(model="toy", version="1.0.0", epoch=1, since=NOW)


def run(due: bool = True) -> Run:
    params = {"due": due, "sentence": "waits for the month's end"}
    return Run(run_id="r", pipeline="toy", spec_digest="", reason="", actor="", started_at=NOW, params=params)


def selected(decision: str, reason: str) -> StepRecord:
    return StepRecord(
        fingerprint="f", kind="select", step="select", pipeline="toy", run_id="r", spec_digest="", environment="",
        params={}, seed=0, inputs=(), output="o", verdict=Verdict.PASS, reason=reason, facts={"decision": decision},
        started_at=NOW, ended_at=NOW, cpu_seconds=0.0, peak_memory=0, cost=0.0, host="", image="",
    )  # fmt: skip


def version(number: str) -> ModelVersion:
    return ModelVersion(
        model="toy", version=number, run_id="r", record="f", artifact="", report="", registry_version="1",
        metadata={}, created_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "expected", "words"),
    [
        pytest.param((run(due=False), None, None, CHAMPION, False), "not_due", "month's end", id="not due"),
        pytest.param((run(), None, None, CHAMPION, True), "planned", "1.0.0 stays", id="planned"),
        pytest.param((run(), None, None, None, False), "failed", "no champion yet", id="failed"),
        pytest.param((run(), selected("keep", "no better"), None, CHAMPION, False), "kept", "no better", id="kept"),
        pytest.param((run(), selected("refused", "too bad"), None, None, False), "refused", "too bad", id="refused"),
        pytest.param(
            (run(), selected("better", "+0.1"), version("1.1.0"), CHAMPION, False),
            "registered",
            "1.0.0 stays",
            id="reg",
        ),
        pytest.param(
            (run(), selected("first", "the first"), version("1.0.0"), CHAMPION, False),
            "promoted",
            "first",
            id="champion",
        ),
    ],
)
def test_a_run_says_in_one_word_and_one_sentence_what_it_came_to(
    case: tuple[Run, StepRecord | None, ModelVersion | None, Champion | None, bool], expected: str, words: str
) -> None:
    found = outcome(*case)
    assert found.outcome == expected
    assert words in found.sentence
