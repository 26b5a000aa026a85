import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from regrow.errors import NotFound
from regrow.training import scores as own


def drawn(rows: int, classes: int, seed: int, digits: int = 2) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    y = np.concatenate([np.arange(classes), draw.integers(0, classes, rows)])
    p = np.round(draw.dirichlet(np.ones(classes), len(y)), digits) + 1e-3
    return y, p / p.sum(axis=1, keepdims=True)


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(2, 60), seed=st.integers(0, 10_000))
def test_two_classes_score_as_scikit_learn_says(rows: int, seed: int) -> None:
    y, p = drawn(rows, 2, seed)
    called = p.argmax(axis=1)
    expected = {
        "roc_auc": sk.roc_auc_score(y, p[:, 1]),
        "average_precision": sk.average_precision_score(y, p[:, 1]),
        "log_loss": sk.log_loss(y, p),
        "brier": sk.brier_score_loss(y, p[:, 1]),
        "accuracy": sk.accuracy_score(y, called),
        "precision": sk.precision_score(y, called, zero_division=0),
        "recall": sk.recall_score(y, called, zero_division=0),
        "f1": sk.f1_score(y, called, zero_division=0),
    }
    assert own.scores(y, p) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("classes", [3, 5])
def test_more_classes_score_as_scikit_learn_says(classes: int) -> None:
    y, p = drawn(200, classes, classes)
    called = p.argmax(axis=1)
    found = own.scores(y, p)
    assert found["roc_auc"] == pytest.approx(sk.roc_auc_score(y, p, multi_class="ovr", average="macro"))
    assert found["average_precision"] == pytest.approx(sk.average_precision_score(np.eye(classes)[y], p))
    assert found["log_loss"] == pytest.approx(sk.log_loss(y, p))
    assert found["brier"] == pytest.approx(sk.brier_score_loss(y, p))
    for name in ("precision", "recall", "f1"):
        expected = getattr(sk, f"{name}_score")(y, called, average="macro", zero_division=0)
        assert found[name] == pytest.approx(expected)


def test_one_class_has_no_auc() -> None:
    p = np.array([[0.4, 0.6], [0.5, 0.5]])
    assert np.isnan(own.roc_auc(np.array([1, 1]), p))
    assert np.isnan(own.average_precision(np.array([0, 0]), p))


def test_an_absent_class_is_left_out_of_the_mean() -> None:
    y, p = drawn(50, 3, 1)
    kept = y != 2
    assert np.isfinite(own.roc_auc(y[kept], p[kept]))


def test_losses_are_better_when_low() -> None:
    assert [name for name in own.METRICS if not own.higher_is_better(name)] == ["log_loss", "brier"]
    with pytest.raises(NotFound, match="did you mean 'roc_auc'"):
        own.higher_is_better("rocauc")
