"""The folder that MLflow gets: the model's own files, and an `MLmodel` written from its card as data.

There is no `python_function` flavor: what loads any model by running what its folder says has nothing to load here.
"""

from __future__ import annotations

import io
import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from regrow.training.table import FeatureColumn, ModelCard, TableSpec

EXAMPLE = "input_example.json"


def stage(folder: Path, into: Path, *, record: str, run_id: str, example: Mapping[str, Any] | None) -> None:
    """Copy `model.json` and the native file; write MLmodel and the example beside them. The same bytes each time."""
    card = ModelCard.model_validate_json((folder / "model.json").read_bytes())
    for name in ("model.json", card.file):
        shutil.copyfile(folder / name, into / name)
    (into / EXAMPLE).write_text(json.dumps(_example(card.table, example or {})), encoding="utf-8")
    (into / "MLmodel").write_text(_yaml(_document(card, record, run_id)), encoding="utf-8")


def _document(card: ModelCard, record: str, run_id: str) -> dict[str, Any]:
    return {
        "artifact_path": "model",
        "flavors": _flavors(card),
        "metadata": {"regrow.record": record, "regrow.algorithm": card.algorithm},
        "mlflow_version": None,
        "model_uuid": uuid.uuid5(uuid.NAMESPACE_URL, f"regrow:record:{record}").hex,
        "run_id": run_id,
        "saved_input_example_info": {"artifact_path": EXAMPLE, "pandas_orient": "split", "type": "dataframe"},
        "signature": signature(card.table),
    }


def _flavors(card: ModelCard) -> dict[str, Any]:
    version = card.libraries.get
    if card.format == "lightgbm-text":
        booster = {"data": card.file, "lgb_version": version("lightgbm"), "model_class": "lightgbm.basic.Booster"}
        return {"lightgbm": {**booster, "code": None}}
    sklearn = {"pickled_model": card.file, "serialization_format": "skops", "skops_trusted_types": []}
    return {"sklearn": {**sklearn, "sklearn_version": version("scikit-learn"), "code": None}}


def signature(table: TableSpec) -> dict[str, Any]:
    """In MLflow's JSON: what a request has, features by name; categories as text; probabilities [rows, classes]."""
    inputs = [{"name": feature.name, "type": _type(feature), "required": False} for feature in table.features]
    tensor = {"dtype": "float64", "shape": [-1, len(table.classes)]}
    outputs = [{"name": "probabilities", "type": "tensor", "tensor-spec": tensor}]
    return {"inputs": json.dumps(inputs), "outputs": json.dumps(outputs), "params": None}


def _type(feature: FeatureColumn) -> str:
    return "double" if feature.kind == "numeric" else "string"


def _example(table: TableSpec, row: Mapping[str, Any]) -> dict[str, Any]:
    values = [row.get(feature.name, _any(feature)) for feature in table.features]
    return {"columns": list(table.names), "data": [values]}


def _any(feature: FeatureColumn) -> Any:
    return 0.0 if feature.kind == "numeric" else next(iter(feature.categories), None)


def _yaml(document: Mapping[str, Any]) -> str:
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    text = io.StringIO()
    writer.dump(document, text)
    return text.getvalue()
