"""The ask step: which trials a round of the study makes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from regrow.frozen import canonical
from regrow.spec.space import Space, Value, parse_space
from regrow.steps.contract import StepContext, StepOutcome
from regrow.training.searches import searches


def run(context: StepContext) -> StepOutcome:
    """Writes `trials.json`: the round's trials, algorithm by algorithm in the spec's order."""
    params = context.params
    round, seed = int(params["round"]), int(params.get("seed", context.seed))
    history = _history(context.inputs.many("tell"))
    trials: list[dict[str, Any]] = []
    for algorithm in params["algorithms"]:
        name, search = algorithm["name"], _search(algorithm, params)
        told = [trial for trial in history if trial["algorithm"] == name]
        spaces = {key: _space(space) for key, space in algorithm["hyperparameters"].items()}
        ask = searches.load(search["kind"])
        for chosen in ask(spaces, search.get("trials"), search.get("rounds", 1), round, seed, told):
            k = len(trials)
            label = trial_label(name, round, k, {key: chosen[key] for key in spaces if spaces[key].kind != "fixed"})
            trials.append({"k": k, "algorithm": name, "hyperparameters": chosen, "label": label})
    (context.out / "trials.json").write_bytes(canonical(trials))
    counts = {a["name"]: sum(trial["algorithm"] == a["name"] for trial in trials) for a in params["algorithms"]}
    told_counts = ", ".join(f"{count} {name}" for name, count in counts.items())
    return StepOutcome(f"round {round} asks {len(trials)} trials: {told_counts}", facts={"trials": counts})


def _search(algorithm: Mapping[str, Any], params: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = algorithm.get("search") or params["search"]
    return found


def _space(written: Any) -> Space:
    """From a dumped Space, or as it stands in a YAML."""
    if isinstance(written, dict) and "kind" in written:
        return Space.model_validate_json(orjson.dumps(written))
    return parse_space(written)


def _history(tells: Mapping[str, Path]) -> list[dict[str, Any]]:
    results = sorted((orjson.loads((folder / "results.json").read_bytes()) for folder in tells.values()), key=_round)
    return [trial for result in results for trial in result["trials"]]


def _round(result: Mapping[str, Any]) -> int:
    return int(result["round"])


def trial_label(algorithm: str, round: int, k: int, varied: Mapping[str, Value]) -> str:
    """For people: `lightgbm r0 k03 learning_rate=0.1 num_leaves=31`."""
    shown = [f"{name}={_shown(value)}" for name, value in sorted(varied.items())]
    return " ".join([algorithm, f"r{round}", f"k{k:02d}", *shown])


def _shown(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
