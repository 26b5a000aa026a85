import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from regrow.errors import RegrowError, UsageError
from regrow.training import trial
from regrow.training.algorithms import algorithms
from regrow.training.matrix import read_table
from regrow.training.table import ModelCard

PARAMS: dict[str, Any] = {
    "algorithm": "lightgbm",
    "hyperparameters": {"n_estimators": 15, "num_leaves": 7},
    "metric": "roc_auc",
}
FIT = """
import sys
from pathlib import Path
from regrow.steps.contract import Inputs, StepContext
from regrow.training import trial
from regrow.training.algorithms import algorithms
inputs = Inputs({"split": {"split": Path(sys.argv[1])}})
for name in algorithms.names():
    out = Path(sys.argv[2]) / name
    out.mkdir(parents=True)
    params = {"algorithm": name, "hyperparameters": {}, "metric": "roc_auc"}
    trial.run(StepContext(params=params, inputs=inputs, out=out, seed=4))
"""


def content(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_trial_leaves_a_model_its_card_and_its_metrics(run_step: Any, split_folder: Any) -> None:
    split = split_folder()
    out, outcome = run_step(trial.run, PARAMS, {"split": {"split": split}}, seed=9)
    card = ModelCard.model_validate_json((out / "model" / "model.json").read_bytes())
    assert (card.algorithm, card.format, card.file, card.seed) == ("lightgbm", "lightgbm-text", "model.txt", 9)
    assert card.hyperparameters["num_leaves"] == 7
    assert card.hyperparameters["learning_rate"] == 0.1
    assert card.table == read_table(split)
    assert set(card.libraries) == {"lightgbm", "numpy"}
    metrics, training = (orjson.loads((out / f"{name}.json").read_bytes()) for name in ("metrics", "training_metrics"))
    assert {"accuracy", "precision", "recall", "f1_score", "roc_auc", "log_loss"} <= set(training)
    assert training["f1_score"] == training["f1"]
    assert 0.75 < metrics["roc_auc"] < training["roc_auc"]
    assert outcome.facts["value"] == round(metrics["roc_auc"], 6)
    curve = orjson.loads((out / "curve.json").read_bytes())
    assert curve[-1] == {"step": 15, "name": "validation_binary_logloss", "value": pytest.approx(metrics["log_loss"])}


def test_four_processes_at_once_make_the_same_bytes_as_one(split_folder: Any, tmp_path: Path) -> None:
    split = split_folder()

    def fit(number: int) -> dict[str, str]:
        out = tmp_path / str(number)
        subprocess.run([sys.executable, "-c", FIT, str(split), str(out)], check=True)
        return content(out)

    alone = fit(0)
    with ThreadPoolExecutor(4) as pool:
        beside = list(pool.map(fit, range(1, 5)))
    assert beside == [alone] * 4
    assert {f"{name}/model/model.json" for name in algorithms.names()} < set(alone)


def test_notes_are_told(run_step: Any, split_folder: Any) -> None:
    params = PARAMS | {"algorithm": "logistic_regression", "hyperparameters": {"solver": "liblinear"}}
    _, outcome = run_step(trial.run, params, {"split": {"split": split_folder(classes=3)}})
    assert "wrapped one-vs-rest" in outcome.reason
    assert outcome.facts["notes"] == ["liblinear tells two classes apart: 3 are wrapped one-vs-rest"]


def test_a_wrong_hyperparameter_is_told_before_anything_is_fitted(run_step: Any, split_folder: Any) -> None:
    with pytest.raises(UsageError, match="did you mean 'num_leaves'"):
        run_step(trial.run, PARAMS | {"hyperparameters": {"num_leafs": 3}}, {"split": {"split": split_folder()}})


def test_an_unknown_metric_is_told(run_step: Any, split_folder: Any) -> None:
    with pytest.raises(RegrowError, match="there is no metric 'auc'"):
        run_step(trial.run, PARAMS | {"metric": "auc"}, {"split": {"split": split_folder()}})


def test_a_model_without_finite_probabilities_is_not_kept(split_folder: Any) -> None:
    with pytest.raises(RegrowError, match="does not give 2 finite probabilities a row"):
        trial._check_probabilities(np.array([[np.nan, 1.0]]), read_table(split_folder()))
