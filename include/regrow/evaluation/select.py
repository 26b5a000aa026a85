"""The step that judges: the best candidate on the test rows, alone and against the champion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from regrow.errors import RegrowError
from regrow.evaluation.calibration import Calibration, calibrate
from regrow.evaluation.compare import difference
from regrow.evaluation.confusion import Confusion, confusion
from regrow.evaluation.decide import Champion, Selection, decide
from regrow.evaluation.importance import Importances, importances
from regrow.evaluation.intervals import Floats, Interval, finite
from regrow.evaluation.metrics import measure
from regrow.evaluation.report import page
from regrow.evaluation.rows import Rows, obstacle, read_rows, recoded
from regrow.serving.models import Scorer, load
from regrow.spec.comparison import parse_comparison
from regrow.steps.contract import StepContext, StepOutcome


@dataclass(frozen=True)
class Champions:
    """The champion's part of the evidence; empty without one."""

    standing: Champion | None = None
    metrics: Mapping[str, Interval] | None = None


def run(context: StepContext) -> StepOutcome:
    """Params: metric, min_improvement, confidence, require, champion_version, candidate, n_boot (200),
    replace_incomparable (false).

    Inputs: split, candidate, champion or none. Out: report.json, confusion_matrix.json, feature_importance.json,
    calibration.json, report.html. Facts: decision and the metric of both with intervals. FAIL where `require` is
    broken, NO_DATA without enough test rows; a champion that stays is no failure.
    """
    rows = read_rows(context.inputs.one("split"))
    candidate = load(context.inputs.one("candidate") / "model")
    if candidate.card.table != rows.table:
        raise RegrowError("the candidate was trained on another table than the split's")
    context.log(f"scoring {len(rows.labels):,} test rows")
    probabilities = candidate.predict(rows.matrix)
    metrics = _measure(context, rows, probabilities)
    champions = _champion(context, rows, probabilities)
    selection = _decide(context.params, rows, metrics, champions)
    evidence = _evidence(context, rows, candidate, probabilities)
    report = _report(context.params, rows, candidate, metrics, champions, selection, evidence)
    _write(context.out, report, evidence)
    return StepOutcome(selection.reason, selection.verdict, _facts(context.params, metrics, champions, selection))


def _measure(context: StepContext, rows: Rows, probabilities: Floats) -> dict[str, Interval]:
    return measure(rows.labels, probabilities, **_interval_options(context))


def _interval_options(context: StepContext) -> dict[str, Any]:
    params = context.params
    return {"confidence": params.get("confidence", 0.95), "n_boot": params.get("n_boot", 200), "seed": context.seed}


def _champion(context: StepContext, rows: Rows, probabilities: Floats) -> Champions:
    folder = context.inputs.maybe("champion")
    if folder is None:
        return Champions()
    version, scorer = str(context.params["champion_version"]), load(folder / "model")
    if hindrance := obstacle(rows.table, scorer.card.table):
        return Champions(Champion(version=version, obstacle=hindrance))
    theirs = scorer.predict(recoded(rows, scorer.card.table))
    metric, options = context.params["metric"], _interval_options(context)
    paired = difference(metric, rows.labels, probabilities, theirs, **options)
    return Champions(Champion(version=version, difference=paired), measure(rows.labels, theirs, **options))


def _decide(params: Mapping[str, Any], rows: Rows, metrics: Mapping[str, Interval], champions: Champions) -> Selection:
    return decide(
        metric=params["metric"],
        measured=metrics,
        require={name: parse_comparison(text) for name, text in params.get("require", {}).items()},
        class_rows=rows.class_rows,
        champion=champions.standing,
        min_improvement=params.get("min_improvement", 0.0),
        accept_incomparable=bool(params.get("replace_incomparable", False)),
    )


@dataclass(frozen=True)
class Evidence:
    calibration: Calibration
    confusion: Confusion
    importance: Importances


def _evidence(context: StepContext, rows: Rows, candidate: Scorer, probabilities: Floats) -> Evidence:
    return Evidence(
        calibrate(rows.labels, probabilities, confidence=context.params.get("confidence", 0.95)),
        confusion(rows.labels, probabilities, rows.table.classes),
        importances(candidate, rows.matrix, rows.labels, context.params["metric"], seed=context.seed),
    )


def _report(
    params: Mapping[str, Any],
    rows: Rows,
    candidate: Scorer,
    metrics: Mapping[str, Interval],
    champions: Champions,
    selection: Selection,
    evidence: Evidence,
) -> dict[str, Any]:
    standing, theirs = champions.standing, champions.metrics or {}
    paired = standing.difference if standing else None
    return {
        "decision": selection.decision,
        "reason": selection.reason,
        "metric": params["metric"],
        "confidence": params.get("confidence", 0.95),
        "require": dict(params.get("require", {})),
        "rows": {"test": len(rows.labels), "by_class": rows.class_rows, "from": rows.first_time, "to": rows.last_time},
        "label": rows.table.label,
        "candidate": {
            "key": params.get("candidate"),
            "algorithm": candidate.card.algorithm,
            "hyperparameters": dict(candidate.card.hyperparameters),
            "metrics": {name: interval.as_json() for name, interval in metrics.items()},
        },
        "champion": standing
        and {
            "version": standing.version,
            "comparable": paired is not None,
            "obstacle": standing.obstacle,
            "metrics": {name: interval.as_json() for name, interval in theirs.items()},
            "difference": paired and paired.as_json(),
        },
        "calibration": evidence.calibration.model_dump(mode="json"),
        "confusion_matrix": evidence.confusion.model_dump(mode="json"),
        "feature_importance": evidence.importance.model_dump(mode="json"),
    }


def _write(out: Path, report: Mapping[str, Any], evidence: Evidence) -> None:
    files = {
        "report.json": report,
        "confusion_matrix.json": report["confusion_matrix"],
        "feature_importance.json": report["feature_importance"],
        "calibration.json": report["calibration"],
    }
    for name, document in files.items():
        (out / name).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    (out / "report.html").write_text(page(report, evidence.calibration, evidence.importance), encoding="utf-8")


def _facts(
    params: Mapping[str, Any], metrics: Mapping[str, Interval], champions: Champions, selection: Selection
) -> dict[str, Any]:
    metric = params["metric"]
    ours, theirs = metrics[metric], (champions.metrics or {}).get(metric)
    paired = champions.standing.difference if champions.standing else None
    return {
        "decision": selection.decision,
        "metric": metric,
        "value": finite(ours.value),
        "low": finite(ours.low),
        "high": finite(ours.high),
        "champion_version": champions.standing.version if champions.standing else None,
        "champion_value": finite(theirs.value) if theirs else None,
        "difference": finite(paired.value) if paired else None,
        "difference_low": finite(paired.low) if paired else None,
        "difference_high": finite(paired.high) if paired else None,
        "metrics": {name: finite(interval.value) for name, interval in metrics.items()},
    }
