"""report.html: what was decided and why, for somebody who knows neither the pipeline nor this program."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from regrow.evaluation.calibration import Calibration
from regrow.evaluation.charts import SHOWN_FEATURES, calibration_chart, importance_chart
from regrow.evaluation.importance import Importances
from regrow.evaluation.report_tables import confusion_table, metrics_table, pairs_table

_TITLES = {
    "first": "Promoted: the first version",
    "better": "Promoted: better than the champion",
    "keep": "The champion stays",
    "refused": "Refused",
}
_STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin-top:2rem}
.verdict{font-size:1.1rem;border-left:.4rem solid #888;padding:.4rem .8rem;background:#f5f5f5}
.first,.better{border-color:#2a7d46}.keep{border-color:#2b6cb0}.refused{border-color:#b03a2e}
table{border-collapse:collapse}td,th{padding:.2rem .7rem;border-bottom:1px solid #ddd;text-align:right}
td{white-space:nowrap}td:first-child,th:first-child,td.text{text-align:left}td.text{white-space:normal;min-width:15rem}.note{color:#666}
svg{font:11px system-ui,sans-serif}svg circle,svg rect{fill:#2b6cb0}.axis,.range{stroke:#888;fill:none}
.ideal{stroke:#bbb;stroke-dasharray:4}"""


def page(report: Mapping[str, Any], calibration: Calibration, importances: Importances) -> str:
    """The whole page from `report.json`'s document. Every text in it is escaped."""
    decision, candidate = report["decision"], report["candidate"]
    sections = [
        f"<h1>{_TITLES[decision]}</h1>",
        f'<p class="verdict {decision}">{escape(_sentence(report["reason"]))}</p>',
        f"<p>{escape(_subject(report))}</p>",
        f"<p>{escape(_classes(report))}</p>",
        f"<h2>Test metrics</h2>{metrics_table(report)}",
        f"<h2>Confusion matrix</h2><p>What each test row is, and what the candidate said of it: the class that it "
        f"held for the most probable.</p>{confusion_table(report['confusion_matrix'])}",
        f"<h2>Calibration</h2><p>{_calibrated(calibration, report['confidence'])}</p>{calibration_chart(calibration)}",
        f"<h2>Feature importance</h2><p>{_leaned_on(importances)}</p>{importance_chart(importances)}",
        f"<h2>Hyperparameters</h2>{pairs_table(candidate['hyperparameters'])}",
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
    span = f" from {rows['from'][:16]} to {rows['to'][:16]} (UTC)" if rows["from"] else ""
    against = (
        f"It is compared with the champion {champion['version']}, the version in charge, on the very same rows."
        if champion
        else "There is no champion, no version in charge, to compare it with."
    )
    trial = f", trial {candidate['key']}" if candidate["key"] else ""
    return (
        f"The candidate is a new model ({candidate['algorithm']}{trial}) that predicts {report['label']}. "
        f"It was tested on {rows['test']:,} rows{span} that no training saw. {against}"
    )


def _classes(report: Mapping[str, Any]) -> str:
    """How many test rows are of which class; of two, which one `positive` means."""
    rows, names = report["rows"], report["confusion_matrix"]["classes"]
    if len(names) == 2:
        count = rows["by_class"].get(names[1], 0)
        share = count / max(rows["test"], 1)
        return f"Positive means {report['label']} = {names[1]}: {count:,} of the test rows, {share:.1%}."
    return f"Test rows by {report['label']}: " + ", ".join(f"{n} {c:,}" for n, c in rows["by_class"].items()) + "."


def _calibrated(calibration: Calibration, confidence: float) -> str:
    error = f"{calibration.expected_error:.4f}"
    return (
        f"When the model gives {escape(calibration.subject)} 30%, does it happen in 30% of the cases? Each dot is "
        f"one of {len(calibration.bins)} equal parts of the test rows with its {confidence:.0%} interval; on the "
        f"dashed line, what is predicted happens that often. Weighted by rows, the dots lie {error} from the line "
        "(the expected calibration error)."
    )


def _leaned_on(importances: Importances) -> str:
    shown, known = min(SHOWN_FEATURES, len(importances.features)), len(importances.features)
    which = f"The {shown} that matter most of {known}" if shown < known else f"All {known} of them"
    return (
        f"How much worse {importances.metric} gets when the values of one feature are shuffled among "
        f"{importances.rows:,} test rows; about 0: the model does without it. {which}."
    )
