"""The tell step: a round's results in trial order, whatever order they came in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from regrow.frozen import canonical
from regrow.steps.contract import StepContext, StepOutcome
from regrow.training.scores import higher_is_better
from regrow.verdicts import Verdict


def run(context: StepContext) -> StepOutcome:
    """Reads the trials that ended well; writes `results.json`. Too few of them: FAIL."""
    params = context.params
    round, metric = int(params["round"]), params["metric"]
    reasons = {failure["k"]: failure["reason"] for failure in params.get("failed", ())}
    folders = context.inputs.many("trial")
    trials = [_result(trial, round, metric, folders, reasons) for trial in _in_order(params["asked"])]
    best = best_of(trials, metric)
    results = {"round": round, "metric": metric, "trials": trials, "best": best}
    (context.out / "results.json").write_bytes(canonical(results))
    return _outcome(params, trials, best)


def _in_order(asked: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(asked, key=lambda trial: int(trial["k"]))


def _result(
    trial: Mapping[str, Any], round: int, metric: str, folders: Mapping[str, Path], reasons: Mapping[int, str]
) -> dict[str, Any]:
    key = f"r{round}k{trial['k']:02d}"
    result = {**trial, "round": round, "key": key, "metrics": {}, "value": None}
    if key not in folders:
        return result | {"state": "failed", "reason": reasons.get(trial["k"], "it left no result")}
    metrics = orjson.loads((folders[key] / "metrics.json").read_bytes())
    value = metrics.get(metric)
    if value is None or not math.isfinite(value):
        return result | {"state": "failed", "reason": f"its {metric} is not a number", "metrics": metrics}
    return result | {"state": "done", "reason": "", "metrics": metrics, "value": value}


def best_of(trials: Sequence[Mapping[str, Any]], metric: str) -> Mapping[str, Any] | None:
    """The best of those that ended well; of equals, the first asked."""
    sign = 1 if higher_is_better(metric) else -1
    done = [trial for trial in trials if trial["state"] == "done"]
    return max(done, key=lambda trial: sign * trial["value"], default=None)


def _outcome(
    params: Mapping[str, Any], trials: Sequence[Mapping[str, Any]], best: Mapping[str, Any] | None
) -> StepOutcome:
    round, metric, needed = int(params["round"]), params["metric"], float(params["min_success_ratio"])
    done = sum(trial["state"] == "done" for trial in trials)
    facts = {
        "asked": len(trials),
        "succeeded": done,
        "best": best["key"] if best else None,
        "value": best["value"] if best else None,
        "failed": {trial["key"]: trial["reason"] for trial in trials if trial["state"] == "failed"},
    }
    head = f"round {round}: {done} of {len(trials)} trials succeeded"
    if trials and done < needed * len(trials):
        return StepOutcome(f"{head}, below the limit of {needed:.0%}", verdict=Verdict.FAIL, facts=facts)
    if best is None:
        return StepOutcome(head, facts=facts)
    return StepOutcome(f"{head}; best is {best['label']} with {metric} {best['value']:.4f}", facts=facts)
