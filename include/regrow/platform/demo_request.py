"""A request with a real row: the last flight of the newest partition whose features are known."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from regrow.ledger.port import ModelVersion
from regrow.platform.workspace import Workspace
from regrow.steps.view import View
from regrow.training.table import FeatureColumn, ModelCard


def real_request(workspace: Workspace, view: View, version: ModelVersion) -> tuple[dict[str, Any], str]:
    """(a V2 request, what really happened)"""
    features = view.newest("features")
    record = features[max(features)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = workspace.store.fetch(record.output, Path(scratch) / "features")
        row = pl.read_parquet(folder / "features.parquet").drop_nulls().row(-1, named=True)
        card = _card(workspace, version, Path(scratch) / "model")
    happened = f"{card.table.label} = {row[card.table.label]}"
    return {"inputs": [_tensor(feature, row) for feature in card.table.features]}, happened


def _card(workspace: Workspace, version: ModelVersion, folder: Path) -> ModelCard:
    names = [
        entry.name for entry in workspace.store.manifest(version.artifact).files if entry.name.endswith("model.json")
    ]
    workspace.store.fetch(version.artifact, folder, (names[0],))
    return ModelCard.model_validate_json((folder / names[0]).read_bytes())


def _tensor(feature: FeatureColumn, row: Mapping[str, Any]) -> dict[str, Any]:
    value = row[feature.name]
    if feature.kind == "numeric":
        return {"name": feature.name, "shape": [1], "datatype": "FP64", "data": [float(value)]}
    return {"name": feature.name, "shape": [1], "datatype": "BYTES", "data": [str(value)]}
