"""report.html: what was decided and why, for somebody who knows neither the pipeline nor this program."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from regrow.evaluation.calibration import Calibration
from regrow.evaluation.charts import calibration_chart, importance_chart
from regrow.evaluation.importance import Importances
from regrow.evaluation.intervals import LOWER_IS_BETTER

_TITLES = {
    "first": "Promoted: the first version",
    "better": "Promoted: better than the champion",
    "keep": "The champion stays",
    "refused": "Refused",
}
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
_STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin-top:2rem}
.verdict{font-size:1.1rem;border-left:.4rem solid #888;padding:.4rem .8rem;background:#f5f5f5}
.first,.better{border-color:#2a7d46}.keep{border-color:#2b6cb0}.refused{border-color:#b03a2e}
table{border-collapse:collapse}td,th{padding:.2rem .7rem;border-bottom:1px solid #ddd;text-align:right}
td:first-child,th:first-child,td.text{text-align:left}.note{color:#666}
svg{font:11px system-ui,sans-serif}svg circle,svg rect{fill:#2b6cb0}.axis,.range{stroke:#888;fill:none}
.ideal{stroke:#bbb;stroke-dasharray:4}"""


def page(report: Mapping[str, Any], calibration: Calibration, importances: Importances) -> str:
    """The whole page from `report.json`'s document. Every text in it is escaped."""
    decision, candidate = report["decision"], report["candidate"]
    sections = [
        f"<h1>{_TITLES[decision]}</h1>",
        f'<p class="verdict {decision}">{escape(_sentence(report["reason"]))}</p>',
        f'<p class="note">{escape(_subject(report))}</p>',
        f"<h2>Test metrics</h2>{_metrics(report)}",
        f"<h2>Confusion matrix</h2>{_confusion(report['confusion_matrix'])}",
        f"<h2>Calibration</h2><p>When the model says so much for {calibration.subject}, how often does it happen? "
        f"Expected calibration error {calibration.expected_error:.4f}.</p>{calibration_chart(calibration)}",
        f"<h2>Feature importance</h2><p>Loss of {importances.metric} when one feature is shuffled, on "
        f"{importances.rows:,} test rows.</p>{importance_chart(importances)}",
        f"<h2>Hyperparameters</h2>{_pairs(candidate['hyperparameters'])}",
    ]
    body = "\n".join(sections)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{_TITLES[decision]}</title>'
        f"<style>{_STYLE}</style>\n{body}\n</html>\n"
    )


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def _subject(report: Mapping[str, Any]) -> str:
    rows, candidate, champion = report["rows"], report["candidate"], report["champion"]
    span = f" from {rows['from']} to {rows['to']}" if rows["from"] else ""
    against = f", against the champion {champion['version']}" if champion else ", with no champion to compare with"
    return (
        f"Candidate {candidate['key'] or ''} ({candidate['algorithm']}) predicts {report['label']} on "
        f"{rows['test']:,} test rows{span} that no training saw{against}."
    )


def _metrics(report: Mapping[str, Any]) -> str:
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
    return table + _paired(report)


def _paired(report: Mapping[str, Any]) -> str:
    found = report["champion"] and report["champion"]["difference"]
    if not found:
        return ""
    way = "lower" if report["metric"] in LOWER_IS_BETTER else "higher"
    value, low, high = (_number(found[name], "+") for name in ("value", "low", "high"))
    numbers = f"{value} from {low} to {high}"
    return f"<p>Row by row, candidate minus champion: {report['metric']} {numbers}; {way} is better.</p>"


def _number(value: float | None, sign: str = "") -> str:
    return "not a number" if value is None else f"{value:{sign}.4f}"


def _confusion(matrix: Mapping[str, Any]) -> str:
    head = "".join(f"<th>said {escape(name)}</th>" for name in matrix["classes"])
    lines = "".join(
        f"<tr><td>is {escape(name)}</td>{''.join(f'<td>{count:,}</td>' for count in counts)}</tr>"
        for name, counts in zip(matrix["classes"], matrix["counts"], strict=True)
    )
    return f"<table><tr><th></th>{head}</tr>{lines}</table>"


def _pairs(values: Mapping[str, Any]) -> str:
    lines = "".join(f"<tr><td>{escape(str(k))}</td><td>{escape(str(v))}</td></tr>" for k, v in sorted(values.items()))
    return f"<table>{lines}</table>"
