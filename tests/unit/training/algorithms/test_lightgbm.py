from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest

from regrow.training.algorithms.lightgbm import LightGbm, _names
from regrow.training.algorithms.options.lightgbm import HYPERPARAMETERS
from regrow.training.hyperparameters import resolve
from regrow.training.matrix import Matrix, read_matrix
from regrow.training.scores import roc_auc
from regrow.training.table import FeatureColumn, TableSpec


def fit(folder: Path, seed: int = 1, **given: Any) -> Any:
    hyperparameters = resolve("lightgbm", HYPERPARAMETERS, {"n_estimators": 20, "num_leaves": 7} | given)
    train, validation = read_matrix(folder, "train"), read_matrix(folder, "validation")
    return LightGbm().fit(train, validation, hyperparameters, seed=seed, threads=1)


def test_it_learns_and_its_text_predicts_the_same(split_folder: Any, tmp_path: Path) -> None:
    folder = split_folder()
    model, validation = fit(folder), read_matrix(folder, "validation")
    p = model.predict(validation.x)
    assert roc_auc(validation.y, p) > 0.8
    model.write(tmp_path / "model.txt")
    again = lightgbm.Booster(model_file=str(tmp_path / "model.txt")).predict(validation.x)
    assert np.array_equal(again, p[:, 1])


def test_more_classes_have_a_probability_each(split_folder: Any) -> None:
    folder = split_folder(classes=3)
    p = fit(folder).predict(read_matrix(folder, "validation").x)
    assert p.shape[1] == 3
    assert p.sum(axis=1) == pytest.approx(1)


def test_stopping_early_keeps_the_best_trees_and_says_so(split_folder: Any, tmp_path: Path) -> None:
    model = fit(split_folder(), n_estimators=300, learning_rate=0.5, early_stopping_rounds=5)
    model.write(tmp_path / "model.txt")
    trees = lightgbm.Booster(model_file=str(tmp_path / "model.txt")).num_trees()
    assert trees == model.trees < 300
    assert model.notes == (f"stopped early: {trees} of 300 trees are kept",)
    best = max((point for point in model.curve if point.name == "validation_auc"), key=lambda point: point.value)
    assert best.step == trees


def test_the_curve_has_about_fifty_points_and_the_last(split_folder: Any) -> None:
    points = [point for point in fit(split_folder(), n_estimators=180).curve if point.name == "validation_auc"]
    assert 50 <= len(points) <= 65
    assert points[-1].step == 180


def test_the_text_names_features_and_no_place_of_this_machine(split_folder: Any, tmp_path: Path) -> None:
    fit(split_folder()).write(tmp_path / "model.txt")
    text = (tmp_path / "model.txt").read_text()
    assert "feature_names=x noise colour" in text
    assert str(tmp_path.parent) not in text
    assert "/tmp" not in text


def test_every_hyperparameter_arrives(split_folder: Any, tmp_path: Path) -> None:
    given: dict[str, Any] = {"subsample": 0.7, "colsample_bytree": 0.5, "reg_alpha": 0.5, "reg_lambda": 2.0}
    given |= {"min_split_gain": 0.25, "min_child_samples": 9, "max_depth": 3, "max_bin": 63, "cat_smooth": 4.0}
    given |= {"class_weight": "balanced"}
    fit(split_folder(), **given).write(tmp_path / "model.txt")
    text = (tmp_path / "model.txt").read_text()
    for line in ("bagging_fraction: 0.7", "feature_fraction: 0.5", "lambda_l1: 0.5", "lambda_l2: 2", "max_bin: 63"):
        assert f"[{line}]" in text
    for line in ("min_gain_to_split: 0.25", "min_data_in_leaf: 9", "max_depth: 3", "cat_smooth: 4", "bagging_freq: 1"):
        assert f"[{line}]" in text


def test_balanced_classes_raise_the_rare_ones_probability(split_folder: Any) -> None:
    folder = split_folder()
    x, y = (getattr(read_matrix(folder, "train"), name) for name in "xy")
    rare = int(np.bincount(y).argmin())
    plain, balanced = (fit(folder, class_weight=weight).predict(x)[:, rare].mean() for weight in (None, "balanced"))
    assert balanced > plain


def test_names_that_lightgbm_refuses_are_made_plain() -> None:
    names = ['a "b"', "a {b}:", "c"]
    table = TableSpec(
        features=tuple(FeatureColumn(name=name, kind="numeric") for name in names), label="y", classes=("0", "1")
    )
    x = np.random.default_rng(0).normal(size=(60, 3))
    rows = Matrix(x, (x[:, 0] > 0).astype(np.int64), table)
    hyperparameters = resolve("lightgbm", HYPERPARAMETERS, {"n_estimators": 2})
    model = LightGbm().fit(rows, rows, hyperparameters, seed=1, threads=1)
    assert model.booster.feature_name() == ["a__b_", "a__b__", "c"]


def test_names_that_become_one_are_numbered() -> None:
    columns = tuple(FeatureColumn(name=name, kind="numeric") for name in ("a b", "a_b"))
    assert _names(TableSpec(features=columns, label="y", classes=("0", "1"))) == ["feature_0", "feature_1"]
