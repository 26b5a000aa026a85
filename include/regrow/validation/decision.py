"""From what was measured to the data gate's verdict. Pure: numbers in, words out.

Nothing to measure is never good news: a batch whose check has no data is not taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from regrow.frozen import Frozen
from regrow.spec.comparison import Check, parse_comparison
from regrow.validation.measure import Measure
from regrow.verdicts import Verdict


class Checked(Frozen):
    text: str
    value: float | None
    """None where there was nothing to measure."""
    limit: str
    verdict: Verdict
    sentence: str


def check(parsed: Check, measure: Measure) -> Checked:
    name = f"{parsed.measure}({parsed.argument})" if parsed.argument else parsed.measure
    return compare(name, measure.value, parsed.comparison.text)


def compare(name: str, value: float, limit: str) -> Checked:
    """One value against `> 0.8`."""
    text = f"{name} {limit}"
    if math.isnan(value):
        sentence = f"{name} could not be measured against {limit}"
        return Checked(text=text, value=None, limit=limit, verdict=Verdict.NO_DATA, sentence=sentence)
    good = parse_comparison(limit).holds(value)
    sentence = f"{name} {shown(value)} is {'' if good else 'not '}{limit}"
    return Checked(
        text=text, value=value, limit=limit, verdict=Verdict.PASS if good else Verdict.FAIL, sentence=sentence
    )


def limits(rows: int, accepted: int, max_quarantined: float, min_rows: int) -> tuple[Checked, ...]:
    """What every batch must meet."""
    refused = math.nan if not rows else (rows - accepted) / rows
    return (
        compare("quarantined share", refused, f"<= {max_quarantined:g}"),
        compare("accepted rows", float(accepted), f">= {min_rows}"),
    )


def shown(value: float) -> str:
    """Three digits behind the point, more where they are needed to tell the value from 0 and 1."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3f}" if 0.001 <= abs(value) <= 0.9994 else f"{value:.6g}"


def decide(rows: int, accepted: int, breaks: Sequence[str], checks: Sequence[Checked]) -> tuple[Verdict, str]:
    """The verdict and its reason, every failed limit named."""
    if breaks:
        return Verdict.FAIL, f"{'; '.join(breaks)}; the batch is refused"
    if not rows:
        return Verdict.NO_DATA, "the batch has no rows; nothing is learnt from it"
    failed = [item.sentence for item in checks if item.verdict is Verdict.FAIL]
    if failed:
        return Verdict.FAIL, f"{'; '.join(failed)}; the batch is refused"
    unknown = [item.sentence for item in checks if item.verdict is Verdict.NO_DATA]
    if unknown:
        return Verdict.NO_DATA, f"{'; '.join(unknown)}; the batch is not taken"
    held = f", {rows - accepted:,} in quarantine" if rows > accepted else ""
    return Verdict.PASS, f"{accepted:,} of {rows:,} rows accepted{held}; {len(checks)} limits met"
