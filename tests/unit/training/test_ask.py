from pathlib import Path
from typing import Any

import orjson

from regrow.frozen import canonical
from regrow.spec.space import parse_space
from regrow.training import ask

LINEAR = {
    "name": "logistic_regression",
    "hyperparameters": {"C": [0.1, 1.0], "solver": "lbfgs", "class_weight": [None, "balanced"]},
    "search": {"kind": "grid", "trials": None, "rounds": 2},
}
TREES = {
    "name": "lightgbm",
    "hyperparameters": {
        "num_leaves": parse_space({"low": 7, "high": 63}).model_dump(mode="json"),
        "learning_rate": parse_space(0.1).model_dump(mode="json"),
    },
    "search": None,
}
PARAMS: dict[str, Any] = {
    "algorithms": [LINEAR, TREES],
    "search": {"kind": "random", "trials": 3, "rounds": 1},
    "round": 0,
    "seed": 5,
}


def trials(out: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads((out / "trials.json").read_bytes())
    return found


def test_trials_are_numbered_within_their_round_and_readable(run_step: Any) -> None:
    out, outcome = run_step(ask.run, PARAMS)
    found = trials(out)
    assert [trial["k"] for trial in found] == [0, 1, 2, 3, 4]
    assert found[0] == {
        "k": 0,
        "algorithm": "logistic_regression",
        "hyperparameters": {"C": 0.1, "class_weight": None, "solver": "lbfgs"},
        "label": "logistic_regression r0 k00 C=0.1 class_weight=null",
    }
    leaves = found[3]["hyperparameters"]["num_leaves"]
    assert found[3]["label"] == f"lightgbm r0 k03 num_leaves={leaves}"
    assert outcome.reason == "round 0 asks 5 trials: 2 logistic_regression, 3 lightgbm"


def test_a_later_round_goes_on_where_a_search_has_more(run_step: Any, tmp_path: Path) -> None:
    (tmp_path / "tell").mkdir()
    told = {"round": 0, "metric": "roc_auc", "trials": [{"algorithm": "lightgbm", "value": 0.7}], "best": None}
    (tmp_path / "tell" / "results.json").write_bytes(canonical(told))
    out, _ = run_step(ask.run, PARAMS | {"round": 1}, {"tell": {"r0": tmp_path / "tell"}})
    assert [trial["label"] for trial in trials(out)] == [
        "logistic_regression r1 k00 C=1 class_weight=null",
        "logistic_regression r1 k01 C=1 class_weight=balanced",
    ]


def test_leaving_an_algorithm_out_changes_no_parameter_of_another(run_step: Any) -> None:
    both, alone = (trials(run_step(ask.run, PARAMS | {"algorithms": a})[0]) for a in ([LINEAR, TREES], [TREES]))
    assert [t["hyperparameters"] for t in both[2:]] == [t["hyperparameters"] for t in alone]


def test_values_are_shown_short() -> None:
    shown = ask.trial_label("lightgbm", 0, 3, {"a": 0.123456789, "b": True, "c": None, "d": "x", "e": 31})
    assert shown == "lightgbm r0 k03 a=0.1235 b=true c=null d=x e=31"
