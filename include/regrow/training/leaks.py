"""Features that all but equal the label. Such a feature is hardly ever known before the label is."""

from __future__ import annotations

import numpy as np
import polars as pl

from regrow.training.matrix import LABEL
from regrow.training.scores import binary_roc_auc
from regrow.training.table import FeatureColumn, TableSpec

LIMIT = 0.99
MAX_VALUES = 50
"""More different values than this tell rows apart, so that a mapping to the label would mean nothing."""


def find_leaks(train: pl.DataFrame, table: TableSpec) -> tuple[str, ...]:
    """A sentence for each feature of encoded training rows that gives the label away."""
    found = (_leak(train.select(feature.name, LABEL), feature, len(table.classes)) for feature in table.features)
    return tuple(sentence for sentence in found if sentence)


def _leak(pair: pl.DataFrame, feature: FeatureColumn, classes: int) -> str:
    if feature.kind == "numeric" and classes == 2:
        auc = _alone(pair.drop_nulls(), feature.name, pair.height)
        if auc >= LIMIT:
            return (
                f"the feature {feature.name!r} alone has a ROC AUC of {auc:.3f} (limit {LIMIT}): "
                "it all but equals the label; is it known before the label is?"
            )
    recall = _mapped_recall(pair, feature.name, classes)
    if recall >= LIMIT:
        return (
            f"the values of the feature {feature.name!r} give away {recall:.1%} of every class of the label "
            f"(limit {LIMIT:.0%}): is it known before the label is?"
        )
    return ""


def _alone(known: pl.DataFrame, name: str, rows: int) -> float:
    if known.height * 2 < rows:
        return 0.0
    auc = binary_roc_auc(known[LABEL].to_numpy() == 1, known[name].to_numpy())
    return 0.0 if np.isnan(auc) else max(auc, 1 - auc)


def _mapped_recall(pair: pl.DataFrame, name: str, classes: int) -> float:
    """The lowest recall of a class when each value, the missing one too, is mapped to its commonest class."""
    if pair[name].n_unique() > min(MAX_VALUES, pair.height // 10):
        return 0.0
    counts = pair.group_by(name, LABEL).len().sort(name, "len", LABEL)
    best = counts.group_by(name, maintain_order=True).last().group_by(LABEL).agg(pl.col("len").sum().alias("hits"))
    total = pair.group_by(LABEL).agg(pl.len().alias("rows"))
    recalls = total.join(best, on=LABEL, how="left").select(pl.col("hits").fill_null(0) / pl.col("rows")).to_series()
    return float(recalls.min() or 0.0) if len(recalls) == classes else 0.0  # type: ignore[arg-type]
