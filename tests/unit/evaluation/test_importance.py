from __future__ import annotations

from pathlib import Path

import pytest

from regrow.evaluation.importance import importances
from regrow.serving.models import load
from unit.evaluation.conftest import CARRIER, DELAY, NOISE, draw, matrix, table, write_trial

SPEC = table(DELAY, CARRIER, NOISE)


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss"])
def test_what_the_label_leans_on_comes_first_and_noise_last(tmp_path: Path, metric: str) -> None:
    scorer = load(write_trial(tmp_path / "trial", SPEC, draw(3000, 1)) / "model")
    values, labels = draw(1500, 2)
    found = importances(scorer, matrix(values, SPEC), labels, metric, seed=0)
    assert [feature.feature for feature in found.features] == ["delay", "carrier", "noise"]
    assert found.features[0].permutation > 0.05
    assert sum(feature.gain or 0 for feature in found.features) == pytest.approx(1.0)


def test_a_sample_is_seeded_and_bounded(tmp_path: Path) -> None:
    scorer = load(write_trial(tmp_path / "trial", SPEC, draw(500, 1)) / "model")
    values, labels = draw(1500, 2)
    x = matrix(values, SPEC)
    once, again = (importances(scorer, x, labels, "roc_auc", seed=4, rows=300) for _ in range(2))
    assert once == again
    assert once.rows == 300
    assert importances(scorer, x, labels, "roc_auc", seed=5, rows=300) != once
