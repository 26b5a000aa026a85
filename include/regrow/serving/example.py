"""A request that every model of a table has to answer: one row, made from the table alone."""

from __future__ import annotations

from typing import Any

from regrow.training.table import FeatureColumn, TableSpec


def example_request(table: TableSpec) -> dict[str, Any]:
    """A V2 request with zeros and first categories."""
    return {"inputs": [_tensor(feature) for feature in table.features]}


def _tensor(feature: FeatureColumn) -> dict[str, Any]:
    if feature.kind == "numeric":
        return {"name": feature.name, "shape": [1], "datatype": "FP64", "data": [0.0]}
    value = feature.categories[0] if feature.categories else None
    return {"name": feature.name, "shape": [1], "datatype": "BYTES", "data": [value]}
