from pathlib import Path
from typing import Any

import orjson
import pytest

from regrow.frozen import canonical
from regrow.training import tell
from regrow.verdicts import Verdict

ASKED = [{"k": k, "algorithm": "lightgbm", "hyperparameters": {}, "label": f"lightgbm r1 k{k:02d}"} for k in range(4)]


def params(metric: str = "roc_auc", **changed: Any) -> dict[str, Any]:
    return {"round": 1, "metric": metric, "min_success_ratio": 0.5, "asked": ASKED, "failed": []} | changed


def told(folder: Path, values: dict[int, float | None], metric: str = "roc_auc") -> dict[str, dict[str, Path]]:
    for k, value in values.items():
        (folder / f"t{k}").mkdir()
        (folder / f"t{k}" / "metrics.json").write_bytes(canonical({metric: value}))
    return {"trial": {f"r1k{k:02d}": folder / f"t{k}" for k in values}}


def results(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((out / "results.json").read_bytes())
    return found


def test_results_are_in_trial_order_whatever_came_first(run_step: Any, tmp_path: Path) -> None:
    inputs = told(tmp_path, {3: 0.7, 0: 0.6, 2: 0.8, 1: 0.8})
    out, outcome = run_step(tell.run, params(asked=ASKED[::-1]), inputs)
    found = results(out)
    assert [trial["key"] for trial in found["trials"]] == ["r1k00", "r1k01", "r1k02", "r1k03"]
    assert (found["best"]["key"], found["best"]["value"], found["best"]["round"], found["best"]["k"]) == (
        "r1k01",
        0.8,
        1,
        1,
    )
    assert outcome.reason == "round 1: 4 of 4 trials succeeded; best is lightgbm r1 k01 with roc_auc 0.8000"


def test_a_loss_is_best_when_lowest(run_step: Any, tmp_path: Path) -> None:
    out, _ = run_step(tell.run, params("log_loss"), told(tmp_path, {0: 0.5, 1: 0.4, 2: 0.6}, "log_loss"))
    assert results(out)["best"]["key"] == "r1k01"


def test_failed_trials_keep_their_reasons(run_step: Any, tmp_path: Path) -> None:
    failed = [{"k": 1, "reason": "out of memory"}]
    out, outcome = run_step(tell.run, params(failed=failed), told(tmp_path, {0: 0.6, 2: None}))
    assert [(trial["state"], trial["reason"]) for trial in results(out)["trials"]] == [
        ("done", ""),
        ("failed", "out of memory"),
        ("failed", "its roc_auc is not a number"),
        ("failed", "it left no result"),
    ]
    assert outcome.verdict is Verdict.FAIL
    assert outcome.reason == "round 1: 1 of 4 trials succeeded, below the limit of 50%"


@pytest.mark.parametrize(("ratio", "verdict"), [(0.5, None), (0.51, Verdict.FAIL)])
def test_the_limit_itself_is_enough(run_step: Any, tmp_path: Path, ratio: float, verdict: Verdict | None) -> None:
    _, outcome = run_step(tell.run, params(min_success_ratio=ratio), told(tmp_path, {0: 0.6, 3: 0.7}))
    assert outcome.verdict is verdict


def test_a_round_without_trials_has_no_best(run_step: Any) -> None:
    out, outcome = run_step(tell.run, params(asked=[]))
    assert results(out)["best"] is None
    assert outcome.reason == "round 1: 0 of 0 trials succeeded"
