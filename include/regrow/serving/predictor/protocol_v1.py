"""The V1 protocol: `{"instances": [...]}`, each an object by feature or a list in the model's order."""

from __future__ import annotations

from typing import Any

import orjson

from regrow.serving.predictor.encode import Column, Encoded, Encoder
from regrow.serving.predictor.limits import check_rows
from regrow.serving.predictor.problem import malformed, unprocessable
from regrow.serving.predictor.scoring import Prediction, ServedModel


def parse(document: dict[str, Any], encoder: Encoder) -> Encoded:
    """Raises Problem: 400 for the form, 413 for too many rows, 422 for values."""
    instances = document.get("instances")
    if type(instances) is not list or len(document) != 1:
        raise malformed('a V1 request is {"instances": [...]} and nothing else')
    check_rows(len(instances))
    kinds = set(map(type, instances))
    if kinds == {dict}:
        return encoder.encode(_by_name(instances, encoder))
    if kinds == {list}:
        return encoder.encode(_by_place(instances, encoder))
    raise malformed("every instance has to be an object by feature, or every one a list in the model's order")


def _by_name(instances: list[dict[str, Any]], encoder: Encoder) -> dict[str, Column]:
    for instance in instances:
        encoder.check_names(frozenset(instance))
    return {name: [instance[name] for instance in instances] for name in encoder.names}


def _by_place(instances: list[list[Any]], encoder: Encoder) -> dict[str, Column]:
    width = len(encoder.names)
    for row, instance in enumerate(instances):
        if len(instance) != width:
            raise unprocessable(
                "wrong_shape",
                f"row {row} has {len(instance)} values; the model has {width}: {', '.join(encoder.names)}",
            )
    return dict(zip(encoder.names, map(list, zip(*instances, strict=True)), strict=True))


def answer(model: ServedModel, document: dict[str, Any], prediction: Prediction) -> bytes:
    classes = model.classes
    predictions = [
        {"label": label, "probabilities": dict(zip(classes, row, strict=True))}
        for label, row in zip(prediction.labels, prediction.probabilities.tolist(), strict=True)
    ]
    return orjson.dumps({"predictions": predictions, "parameters": {"unknown_categories": prediction.unknown}})
