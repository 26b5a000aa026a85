from typing import Any

import numpy as np
import pytest

from regrow.errors import UsageError
from regrow.training.algorithms.logistic_regression import LogisticRegression
from regrow.training.algorithms.options.logistic_regression import HYPERPARAMETERS
from regrow.training.hyperparameters import resolve
from regrow.training.matrix import read_matrix
from regrow.training.scores import roc_auc


def fit(folder: Any, seed: int = 1, **given: Any) -> Any:
    hyperparameters = resolve("logistic_regression", HYPERPARAMETERS, given)
    train, validation = read_matrix(folder, "train"), read_matrix(folder, "validation")
    return LogisticRegression().fit(train, validation, hyperparameters, seed=seed, threads=1)


def test_it_learns_from_holes_and_categories(split_folder: Any) -> None:
    folder = split_folder()
    model, validation = fit(folder), read_matrix(folder, "validation")
    p = model.predict(validation.x)
    assert p.shape == (80, 2)
    assert p.sum(axis=1) == pytest.approx(1)
    assert roc_auc(validation.y, p) > 0.8
    assert model.notes == ()


def test_an_unknown_category_is_none_of_the_known(split_folder: Any) -> None:
    x = read_matrix(split_folder(), "validation").x[:1].repeat(4, axis=0)
    x[:, 2] = [0, 1, 2, np.nan]
    p = fit(split_folder()).predict(x)[:, 1]
    assert np.isfinite(p).all()
    assert len({*p}) == 4


def test_liblinear_on_three_classes_is_wrapped_and_says_so(split_folder: Any) -> None:
    folder = split_folder(classes=3)
    model = fit(folder, solver="liblinear")
    p = model.predict(read_matrix(folder, "validation").x)
    assert p.shape[1] == 3
    assert p.sum(axis=1) == pytest.approx(1)
    assert model.notes == ("liblinear tells two classes apart: 3 are wrapped one-vs-rest",)


def test_stopping_before_the_optimum_is_noted(split_folder: Any) -> None:
    assert fit(split_folder(), max_iter=1).notes == ("stopped at 1 steps before it converged",)


@pytest.mark.parametrize(
    ("solver", "penalty"),
    [
        ("lbfgs", None),
        ("newton-cg", "l2"),
        ("newton-cholesky", "l2"),
        ("sag", "l2"),
        ("saga", "l1"),
        ("liblinear", "l1"),
    ],
)
def test_every_solver_fits_with_the_penalties_it_knows(split_folder: Any, solver: str, penalty: str | None) -> None:
    folder = split_folder()
    model, validation = fit(folder, solver=solver, penalty=penalty, max_iter=2000), read_matrix(folder, "validation")
    assert roc_auc(validation.y, model.predict(validation.x)) > 0.8


def test_a_penalty_that_a_solver_does_not_know_is_refused(split_folder: Any) -> None:
    with pytest.raises(UsageError, match="the solver lbfgs goes with the penalty l2 or null, not l1"):
        fit(split_folder(), penalty="l1")
    with pytest.raises(UsageError, match="the solver liblinear goes with the penalty l1 or l2, not None"):
        fit(split_folder(), solver="liblinear", penalty=None)


def test_a_penalty_makes_coefficients_smaller(split_folder: Any) -> None:
    sizes = [np.abs(fit(split_folder(), C=c).pipeline["model"].coef_).sum() for c in (0.001, 1.0)]
    assert sizes[0] < sizes[1] / 2
