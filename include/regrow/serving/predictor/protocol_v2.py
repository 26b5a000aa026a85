"""Open Inference Protocol V2 over HTTP: tensors by name.

Two forms of a request: one tensor per feature, shape [n] or [n, 1], or a single tensor "input" of shape [n, features]
in the model's order, where categories are given as their codes.
"""

from __future__ import annotations

from typing import Any

import orjson

from regrow.serving.predictor.encode import INTEGERS, NUMBERS, Column, Encoded, Encoder, wrong_type
from regrow.serving.predictor.limits import check_rows
from regrow.serving.predictor.problem import malformed, unprocessable
from regrow.serving.predictor.scoring import Prediction, ServedModel

FLOATS = frozenset({"FP64", "FP32", "FP16"})
INTS = frozenset(f"{sign}INT{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64))
DATATYPES = FLOATS | INTS | {"BYTES"}
OUTPUTS = ("label", "probabilities")
REQUEST_KEYS = frozenset({"id", "parameters", "inputs", "outputs"})
TENSOR_KEYS = frozenset({"name", "shape", "datatype", "data", "parameters"})


def parse(document: dict[str, Any], encoder: Encoder) -> Encoded:
    """Raises Problem: 400 for the form, 413 for too many rows, 422 for values."""
    if not REQUEST_KEYS.issuperset(document):
        raise malformed(f"a V2 request has {', '.join(sorted(REQUEST_KEYS))} and nothing else")
    inputs = document.get("inputs")
    if type(inputs) is not list or not inputs:
        raise malformed('"inputs" has to be a list of one or more tensors')
    wanted_outputs(document)
    _check_id(document.get("id"))
    for tensor in inputs:
        _check_form(tensor)
    if len(inputs) == 1 and inputs[0]["name"] == "input" and "input" not in encoder.names:
        return _matrix(inputs[0], encoder)
    return _columns(inputs, encoder)


def _check_form(tensor: Any) -> None:
    if type(tensor) is not dict or not TENSOR_KEYS.issuperset(tensor):
        raise malformed(f"a tensor is an object with {', '.join(sorted(TENSOR_KEYS))}")
    if type(tensor.get("name")) is not str or type(tensor.get("data")) is not list:
        raise malformed('a tensor needs a "name" (text) and "data" (a list)')
    datatype = tensor.get("datatype")
    if type(datatype) is not str or datatype not in DATATYPES:
        raise malformed(f"tensor {tensor['name'][:80]!r}: datatype has to be one of {', '.join(sorted(DATATYPES))}")
    shape = tensor.get("shape")
    if type(shape) is not list or not 1 <= len(shape) <= 2 or any(type(size) is not int or size < 0 for size in shape):
        raise malformed(f"tensor {tensor['name'][:80]!r}: shape has to be [rows] or [rows, columns]")


def _columns(inputs: list[dict[str, Any]], encoder: Encoder) -> Encoded:
    columns: dict[str, Column] = {}
    integers: set[str] = set()
    rows = check_rows(inputs[0]["shape"][0])
    for tensor in inputs:
        name = tensor["name"]
        if name in columns:
            raise malformed(f"tensor {name[:80]!r} is there twice")
        columns[name] = _column(tensor, rows)
        if tensor["datatype"] in INTS:
            integers.add(name)
    encoder.check_names(frozenset(columns))
    for tensor in inputs:
        _check_datatype(tensor, encoder)
    return encoder.encode(columns, frozenset(integers))


def _column(tensor: dict[str, Any], rows: int) -> Column:
    name, shape, data = tensor["name"], tensor["shape"], _flat(tensor["data"])
    if shape[0] != rows or (len(shape) == 2 and shape[1] != 1) or len(data) != rows:
        raise unprocessable(
            "wrong_shape",
            f"column {name[:80]!r} has shape {shape} and {len(data)} values; every column needs {rows} rows",
        )
    return data


def _check_datatype(tensor: dict[str, Any], encoder: Encoder) -> None:
    categorical = encoder.is_categorical(tensor["name"])
    if categorical != (tensor["datatype"] == "BYTES"):
        wanted = "BYTES" if categorical else "FP64, FP32 or an INT type"
        raise unprocessable("wrong_type", f"column {tensor['name']!r}: datatype {tensor['datatype']} is not {wanted}")


def _matrix(tensor: dict[str, Any], encoder: Encoder) -> Encoded:
    shape, data, width = tensor["shape"], _flat(tensor["data"]), len(encoder.names)
    rows = check_rows(shape[0])
    if len(shape) != 2 or shape[1] != width or len(data) != rows * width:
        raise unprocessable(
            "wrong_shape", f'tensor "input" has shape {shape} and {len(data)} values; it needs [rows, {width}]'
        )
    allowed = INTEGERS if tensor["datatype"] in INTS else NUMBERS
    if tensor["datatype"] == "BYTES" or not allowed.issuperset(map(type, data)):
        raise wrong_type("input", data, allowed)
    return encoder.encode_codes(data)


def _flat(data: list[Any]) -> list[Any]:
    if not data or type(data[0]) is not list:
        return data
    return [value for row in data for value in (row if type(row) is list else [row])]


def wanted_outputs(document: dict[str, Any]) -> frozenset[str]:
    """The outputs that the request names; all, where it names none."""
    asked = document.get("outputs")
    if asked is None or asked == []:
        return frozenset(OUTPUTS)
    if type(asked) is not list or any(type(one) is not dict or one.get("name") not in OUTPUTS for one in asked):
        raise unprocessable("unknown_output", f"the outputs are {', '.join(OUTPUTS)}")
    return frozenset(one["name"] for one in asked)


def _check_id(found: Any) -> None:
    if found is not None and (type(found) is not str or len(found) > 128):
        raise malformed('"id" has to be a text of at most 128 characters')


def answer(model: ServedModel, document: dict[str, Any], prediction: Prediction) -> bytes:
    rows = len(prediction.labels)
    outputs: list[dict[str, Any]] = []
    wanted = wanted_outputs(document)
    if "label" in wanted:
        outputs.append({"name": "label", "datatype": "BYTES", "shape": [rows], "data": prediction.labels})
    if "probabilities" in wanted:
        shape = [rows, len(model.classes)]
        data = prediction.probabilities.ravel().tolist()
        outputs.append({"name": "probabilities", "datatype": "FP64", "shape": shape, "data": data})
    reply: dict[str, Any] = {
        "model_name": model.name,
        "model_version": model.version,
        "parameters": {"slot": model.slot, "unknown_categories": prediction.unknown},
        "outputs": outputs,
    }
    if document.get("id") is not None:
        reply["id"] = document["id"]
    return orjson.dumps(reply)
