"""The selection step on real small models, called as the step command calls it."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from regrow.errors import RegrowError
from regrow.evaluation.select import run
from regrow.training.table import FeatureColumn
from regrow.verdicts import Verdict
from unit.evaluation.conftest import CARRIER, DELAY, NOISE, Judge, draw, table, write_split, write_trial

GOOD, POOR = table(DELAY, CARRIER), table(NOISE, DELAY)
FILES = {"report.json", "confusion_matrix.json", "feature_importance.json", "calibration.json", "report.html"}


@pytest.fixture
def split(tmp_path: Path) -> Path:
    return write_split(tmp_path / "split", GOOD, draw(800, 0))


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    return write_trial(tmp_path / "candidate", GOOD, draw(2000, 1))


def test_the_first_candidate_is_taken_with_all_evidence(context: Judge, split: Path, candidate: Path) -> None:
    asked = context(split, candidate, require={"roc_auc": "> 0.6"})
    outcome = run(asked)
    report = json.loads((asked.out / "report.json").read_bytes())
    assert outcome.verdict is Verdict.PASS
    assert outcome.facts["decision"] == "first"
    assert outcome.facts["low"] < outcome.facts["value"] < outcome.facts["high"]
    assert outcome.facts["champion_value"] is None
    assert {file.name for file in asked.out.iterdir()} == FILES
    assert report["rows"]["test"] == 800
    assert sum(map(sum, report["confusion_matrix"]["counts"])) == 800
    assert report["feature_importance"]["features"][0]["feature"] == "delay"


def test_a_broken_requirement_fails_with_value_and_limit(context: Judge, split: Path, candidate: Path) -> None:
    outcome = run(context(split, candidate, require={"roc_auc": "> 0.99"}))
    assert outcome.verdict is Verdict.FAIL
    assert outcome.facts["decision"] == "refused"
    assert "required is > 0.99" in outcome.reason


def test_a_challenger_that_is_the_champion_is_no_better(context: Judge, split: Path, candidate: Path) -> None:
    outcome = run(context(split, candidate, candidate))
    assert outcome.verdict is None
    assert outcome.facts["decision"] == "keep"
    assert outcome.facts["difference"] == 0.0
    assert outcome.reason.startswith("the champion 1.0.0 stays: roc_auc +0.0000 [+0.0000, +0.0000]")


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss", "f1"])
def test_a_better_challenger_wins_by_any_metric(
    context: Judge, split: Path, candidate: Path, tmp_path: Path, metric: str
) -> None:
    narrow = table(DELAY, replace_noise())
    champion = write_trial(tmp_path / "champion", narrow, draw(300, 5), trees=1)
    outcome = run(context(split, candidate, champion, metric=metric))
    assert outcome.facts["decision"] == "better"
    assert outcome.facts["champion_value"] is not None


def replace_noise() -> FeatureColumn:
    """Carriers as a champion of an older season knows them: fewer, and so in other codes."""
    return CARRIER.model_copy(update={"categories": ("B6", "UA")})


def test_a_champion_of_other_codes_answers_as_if_rows_were_written_for_it(
    context: Judge, candidate: Path, tmp_path: Path
) -> None:
    drawn, theirs = draw(800, 0), table(CARRIER.model_copy(update={"categories": ("UA", "WN", "B6", "AA")}), DELAY)
    champion = write_trial(tmp_path / "champion", theirs, draw(2000, 3))
    compared = run(context(write_split(tmp_path / "ours", GOOD, drawn), candidate, champion))
    alone = run(context(write_split(tmp_path / "theirs", theirs, drawn), champion))
    assert compared.facts["champion_value"] == alone.facts["value"]


def test_a_champion_whose_feature_is_gone_stays_in_words(
    context: Judge, split: Path, candidate: Path, tmp_path: Path
) -> None:
    champion = write_trial(tmp_path / "champion", POOR, draw(500, 2))
    asked = context(split, candidate, champion)
    outcome = run(asked)
    report = json.loads((asked.out / "report.json").read_bytes())
    assert outcome.verdict is Verdict.INCONCLUSIVE
    assert outcome.facts["decision"] == "keep"
    assert "its feature noise is no longer made" in outcome.reason
    assert report["champion"]["comparable"] is False


def test_a_person_may_replace_a_champion_whose_feature_is_gone(
    context: Judge, split: Path, candidate: Path, tmp_path: Path
) -> None:
    champion = write_trial(tmp_path / "champion", POOR, draw(500, 2))
    assert run(context(split, candidate, champion, replace_incomparable=True)).facts["decision"] == "first"


@pytest.mark.parametrize("rows", [0, 8])
def test_too_few_test_rows_are_no_data(context: Judge, candidate: Path, tmp_path: Path, rows: int) -> None:
    outcome = run(context(write_split(tmp_path / "few", GOOD, draw(rows, 0)), candidate))
    assert outcome.verdict is Verdict.NO_DATA
    assert outcome.facts["decision"] == "refused"


def test_one_class_in_the_test_rows_is_no_data(context: Judge, candidate: Path, tmp_path: Path) -> None:
    values, labels = draw(100, 0)
    outcome = run(context(write_split(tmp_path / "one", GOOD, (values, labels * 0)), candidate))
    assert outcome.verdict is Verdict.NO_DATA
    assert "of class 'yes'" in outcome.reason


def test_the_same_inputs_give_the_same_bytes(context: Judge, split: Path, candidate: Path) -> None:
    first, second = context(split, candidate), context(split, candidate)
    assert run(first) == run(second)
    for name in FILES:
        assert (first.out / name).read_bytes() == (second.out / name).read_bytes()


def test_another_seed_gives_other_intervals(context: Judge, split: Path, candidate: Path) -> None:
    first = context(split, candidate, metric="f1")
    second = replace(context(split, candidate, metric="f1"), seed=99)
    assert run(first).facts["low"] != run(second).facts["low"]


def test_a_candidate_of_another_table_is_an_error(context: Judge, split: Path, tmp_path: Path) -> None:
    stranger = write_trial(tmp_path / "stranger", POOR, draw(500, 2))
    with pytest.raises(RegrowError, match="another table"):
        run(context(split, stranger))


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_says_the_verdict_first_and_fetches_nothing(
    context: Judge, split: Path, candidate: Path, tmp_path: Path
) -> None:
    hostile = FeatureColumn(name="<script>alert(1)</script>", kind="numeric")
    values, labels = draw(800, 0)
    drawn = ({**values, hostile.name: values["noise"]}, labels)
    spec = table(DELAY, CARRIER, hostile)
    asked = context(
        write_split(tmp_path / "hostile", spec, drawn), write_trial(tmp_path / "trial", spec, drawn), candidate
    )
    outcome = run(asked)
    page = Page()
    page.feed((asked.out / "report.html").read_text())
    said = [text.strip() for text in page.text if text.strip()]
    body = said[said.index("Promoted: better than the champion", 1) :]
    assert body[1] == f"B{outcome.reason[1:]}."
    assert "svg" in page.tags
    assert "script" not in page.tags
    assert page.addresses == []
    assert (asked.out / "report.html").stat().st_size < 50_000
