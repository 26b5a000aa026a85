"""What the predictor says about itself and its model: the read-only documents of both protocols."""

from __future__ import annotations

from typing import Any

from regrow.serving.predictor.scoring import ServedModel


def server() -> dict[str, Any]:
    return {"name": "regrow", "version": "0.1.0", "extensions": []}


def model_v2(model: ServedModel) -> dict[str, Any]:
    table = model.scorer.card.table
    inputs = [
        {"name": feature.name, "datatype": "BYTES" if feature.kind == "categorical" else "FP64", "shape": [-1]}
        for feature in table.features
    ]
    probabilities = {"name": "probabilities", "datatype": "FP64", "shape": [-1, len(table.classes)]}
    return {
        "name": model.name,
        "versions": [model.version],
        "platform": f"regrow_{model.scorer.card.format}",
        "inputs": inputs,
        "outputs": [
            {"name": "label", "datatype": "BYTES", "shape": [-1]},
            probabilities | {"parameters": {"classes": list(table.classes)}},
        ],
    }


def model_v1(model: ServedModel, ready: bool) -> dict[str, Any]:
    return {"name": model.name, "ready": ready}
