"""The tables of report.html. Every text in them is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from regrow.spec.metrics import LOWER_IS_BETTER

_MEANINGS = {
    "roc_auc": "chance that a positive row scores above a negative one; 0.5 is guessing",
    "average_precision": "precision averaged over recall; guessing gives the share of positives",
    "log_loss": "surprise per row; lower is better",
    "brier": "squared distance of probability and truth; lower is better",
    "accuracy": "share of rows whose class was right",
    "precision": "share of right ones among rows called positive",
    "recall": "share of positive rows that were found",
    "f1": "harmonic mean of precision and recall",
}


def metrics_table(report: Mapping[str, Any]) -> str:
    ours, champion = report["candidate"]["metrics"], report["champion"]
    theirs = champion["metrics"] if champion else {}
    head = "<th>champion</th>" if theirs else ""
    lines = "".join(
        f"<tr><td>{'<b>' + name + '</b>' if name == report['metric'] else name}</td><td>{_number(found['value'])}</td>"
        f"<td>{_number(found['low'])} to {_number(found['high'])}</td>"
        f"{'<td>' + _number(theirs[name]['value']) + '</td>' if theirs else ''}"
        f'<td class="text note">{_MEANINGS[name]}</td></tr>'
        for name, found in ours.items()
    )
    confidence = f"{report['confidence']:.0%} interval"
    table = f"<table><tr><th>metric</th><th>candidate</th><th>{confidence}</th>{head}<th></th></tr>{lines}</table>"
    bold = f"<p>In bold: the metric that decides.{_required(report['require'])}</p>"
    return table + bold + _paired(report)


def _required(limits: Mapping[str, str]) -> str:
    wanted = ", ".join(f"{name} {limit}" for name, limit in limits.items())
    return f" Every version must have {escape(wanted)}." if wanted else ""


def _paired(report: Mapping[str, Any]) -> str:
    found = report["champion"] and report["champion"]["difference"]
    if not found:
        return ""
    way = "lower" if report["metric"] in LOWER_IS_BETTER else "higher"
    value, low, high = (_number(found[name], "+") for name in ("value", "low", "high"))
    difference = f"{report['metric']} {value}, from {low} to {high}"
    return f"<p>Candidate minus champion on the same rows: {difference}; {way} is better.</p>"


def _number(value: float | None, sign: str = "") -> str:
    return "not a number" if value is None else f"{value:{sign}.4f}"


def confusion_table(matrix: Mapping[str, Any]) -> str:
    head = "".join(f"<th>said {escape(name)}</th>" for name in matrix["classes"])
    lines = "".join(
        f"<tr><td>is {escape(name)}</td>{''.join(_share(count, sum(counts)) for count in counts)}</tr>"
        for name, counts in zip(matrix["classes"], matrix["counts"], strict=True)
    )
    return f"<table><tr><th></th>{head}</tr>{lines}</table>"


def _share(count: int, whole: int) -> str:
    return f'<td>{count:,} <span class="note">({count / max(whole, 1):.0%})</span></td>'


def pairs_table(values: Mapping[str, Any]) -> str:
    lines = "".join(f"<tr><td>{escape(str(k))}</td><td>{escape(str(v))}</td></tr>" for k, v in sorted(values.items()))
    return f"<table>{lines}</table>"
