"""Two small drawings as inline SVG: nothing to fetch, nothing to run."""

from __future__ import annotations

from html import escape

from regrow.evaluation.calibration import Bin, Calibration
from regrow.evaluation.importance import Importances

_SIDE, _EDGE = 300, 34
SHOWN_FEATURES = 15


def calibration_chart(calibration: Calibration) -> str:
    """Predicted (right) against observed (up) with intervals; the diagonal is a model that says what happens."""
    top = max([0.05, *(max(bin.high, bin.predicted) for bin in calibration.bins)])
    points = "".join(_point(bin, top) for bin in calibration.bins)
    x0, y0, end = _EDGE, _SIDE - _EDGE, _SIDE - 8
    return (
        f'<svg viewBox="0 0 {_SIDE} {_SIDE}" width="{_SIDE}" role="img" aria-label="calibration">'
        f'<path d="M{x0} 8V{y0}H{end}" class="axis"/><path d="M{x0} {y0}L{end} 8" class="ideal"/>{points}'
        f'<text x="{end}" y="{_SIDE - 6}" text-anchor="end">predicted, up to {top:.0%}</text>'
        f'<text x="{x0 + 4}" y="16">observed, up to {top:.0%}</text></svg>'
    )


def _point(bin: Bin, top: float) -> str:
    x, y = _x(bin.predicted, top), _y(bin.observed, top)
    return (
        f'<path d="M{x:.1f} {_y(bin.low, top):.1f}V{_y(bin.high, top):.1f}" class="range"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"><title>{bin.predicted:.1%} predicted, {bin.observed:.1%} observed, '
        f"{bin.rows:,} rows</title></circle>"
    )


def _x(share: float, top: float) -> float:
    return _EDGE + share / top * (_SIDE - 8 - _EDGE)


def _y(share: float, top: float) -> float:
    return _SIDE - _EDGE - share / top * (_SIDE - 8 - _EDGE)


def importance_chart(importances: Importances, most: int = SHOWN_FEATURES) -> str:
    """A bar for each of the `most` important features."""
    shown = importances.features[:most]
    longest = max([1e-12, *(feature.permutation for feature in shown)])
    height, width = 20 * len(shown) + 4, 460
    bars = "".join(
        f'<text x="180" y="{20 * i + 15}" text-anchor="end">{escape(feature.feature)}</text>'
        f'<rect x="188" y="{20 * i + 4}" width="{max(0.0, feature.permutation) / longest * 200:.1f}" height="13"/>'
        f'<text x="{194 + max(0.0, feature.permutation) / longest * 200:.1f}" y="{20 * i + 15}">'
        f"{feature.permutation:.4f}</text>"
        for i, feature in enumerate(shown)
    )
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="importance">{bars}</svg>'
