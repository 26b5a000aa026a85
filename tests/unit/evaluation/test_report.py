"""What the page says to somebody who knows neither the pipeline nor its metrics."""

from __future__ import annotations

from typing import Any

import pytest

from regrow.evaluation.calibration import Bin, Calibration
from regrow.evaluation.charts import SHOWN_FEATURES
from regrow.evaluation.importance import Importance, Importances
from regrow.evaluation.report import page

CALIBRATION = Calibration(
    bins=(Bin(rows=40, predicted=0.2, observed=0.25, low=0.1, high=0.4),), expected_error=0.05, subject="<a class>"
)
SCORE = {"value": 0.7, "low": 0.6, "high": 0.8}


def importances(count: int) -> Importances:
    features = tuple(Importance(feature=f"f{i}", permutation=0.1, gain=None) for i in range(count))
    return Importances(metric="roc_auc", rows=40, repeats=2, features=features)


def report(classes: dict[str, int], **changes: Any) -> dict[str, Any]:
    counts = [[count if i == j else 0 for j in range(len(classes))] for i, count in enumerate(classes.values())]
    return {
        "decision": "first",
        "reason": "the first version: roc_auc 0.7",
        "metric": "roc_auc",
        "confidence": 0.95,
        "require": {},
        "rows": {"test": sum(classes.values()), "by_class": classes, "from": "", "to": ""},
        "label": "late",
        "candidate": {
            "key": "r0k03",
            "algorithm": "lightgbm",
            "hyperparameters": {"x": "<i>"},
            "metrics": {"roc_auc": SCORE},
        },
        "champion": None,
        "confusion_matrix": {"classes": list(classes), "counts": counts},
        **changes,
    }


def text(document: dict[str, Any], features: int = 2) -> str:
    return page(document, CALIBRATION, importances(features))


def test_it_says_which_class_is_meant_by_positive_and_how_many_rows_are() -> None:
    assert "Positive means late = yes: 10 of the test rows, 25.0%." in text(report({"no": 30, "yes": 10}))


def test_of_more_classes_it_counts_each() -> None:
    assert "Test rows by late: no 20, yes 15, lost 5." in text(report({"no": 20, "yes": 15, "lost": 5}))


def test_it_says_what_is_required_of_every_version() -> None:
    said = text(report({"no": 30, "yes": 10}, require={"roc_auc": "> 0.6", "recall": "> 0.1"}))
    assert "Every version must have roc_auc &gt; 0.6, recall &gt; 0.1." in said
    assert "Every version must" not in text(report({"no": 30, "yes": 10}))


def test_it_says_what_a_champion_is_with_or_without_one() -> None:
    champion = {
        "version": "1.2.0",
        "metrics": {"roc_auc": SCORE},
        "difference": {"value": 0.01, "low": -0.01, "high": 0.03},
    }
    said = text(report({"no": 30, "yes": 10}, champion=champion))
    assert "compared with the champion 1.2.0, the version in charge, on the very same rows" in said
    assert "Candidate minus champion on the same rows: roc_auc +0.0100, from -0.0100 to +0.0300" in said
    assert "There is no champion, no version in charge" in text(report({"no": 30, "yes": 10}))


def test_times_are_told_to_the_minute() -> None:
    span = {"from": "2013-02-18 12:36:00+00:00", "to": "2013-03-01 04:59:00+00:00"}
    rows = {"test": 40, "by_class": {"no": 30, "yes": 10}, **span}
    said = text(report({"no": 30, "yes": 10}, rows=rows))
    assert "on 40 rows from 2013-02-18 12:36 to 2013-03-01 04:59 (UTC) that no training saw" in said


def test_counts_come_with_their_share_of_the_class() -> None:
    said = text(report({"no": 30, "yes": 10}, confusion_matrix={"classes": ["no", "yes"], "counts": [[27, 3], [4, 6]]}))
    assert '27 <span class="note">(90%)</span>' in said
    assert '6 <span class="note">(60%)</span>' in said


@pytest.mark.parametrize(("features", "words"), [(2, "All 2 of them."), (19, "The 15 that matter most of 19.")])
def test_it_says_how_many_features_are_not_shown(features: int, words: str) -> None:
    said = text(report({"no": 30, "yes": 10}), features)
    assert words in said
    assert said.count("<rect") == min(features, SHOWN_FEATURES)


def test_every_text_that_comes_from_outside_is_escaped() -> None:
    hostile = report({"<b>": 30, "<u>": 10}, label="<s>", reason="<em>")
    said = text(hostile)
    assert not [tag for tag in ("<b><", "<u>", "<s>", "<em>", "<i>", "<a class>") if tag in said]
