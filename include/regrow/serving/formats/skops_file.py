"""scikit-learn models as skops files: a zip of arrays and a tree of named types, all of them on our list.

skops itself trusts every scikit-learn estimator. Our list is shorter and fixed: the tree is read as JSON and compared
with it before skops sees the file, so that a new release cannot widen it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from regrow.serving.formats.contract import BadModelFile, Matrix, Predict
from regrow.training.table import ModelCard

TRUSTED = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.slice",
        "builtins.str",
        "builtins.tuple",
        "builtins.int",
        "builtins.float",
        "builtins.bool",
        "builtins.NoneType",
        "collections.OrderedDict",
        "numpy.bool",
        "numpy.dtype",
        "numpy.float32",
        "numpy.float64",
        "numpy.int32",
        "numpy.int64",
        "numpy.ndarray",
        "numpy.random.mtrand.RandomState",
        "numpy.uint8",
        "scipy.sparse._csr.csr_matrix",
        "sklearn.compose._column_transformer.ColumnTransformer",
        "sklearn.compose._column_transformer._RemainderColsList",
        "sklearn.impute._base.MissingIndicator",
        "sklearn.impute._base.SimpleImputer",
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.multiclass.OneVsRestClassifier",
        "sklearn.multiclass._ConstantPredictor",
        "sklearn.pipeline.FeatureUnion",
        "sklearn.pipeline.Pipeline",
        "sklearn.preprocessing._data.MinMaxScaler",
        "sklearn.preprocessing._data.RobustScaler",
        "sklearn.preprocessing._data.StandardScaler",
        "sklearn.preprocessing._encoders.OneHotEncoder",
        "sklearn.preprocessing._encoders.OrdinalEncoder",
        "sklearn.preprocessing._label.LabelBinarizer",
    }
)
"""Plain values and estimators that hold numbers. No functions, no partials, nothing that carries code."""

_LOADERS = frozenset(
    {"DictNode", "ListNode", "TupleNode", "SliceNode", "JsonNode", "TypeNode", "DTypeNode", "NdArrayNode", "ObjectNode"}
    | {"SparseMatrixNode", "RandomStateNode"}
)
_MAX_TREE, _MAX_UNPACKED = 16 << 20, 2 << 30


def open_model(raw: bytes, card: ModelCard) -> Predict:
    if not raw.startswith(b"PK\x03\x04"):
        raise BadModelFile("the file does not begin like a skops archive")
    _audit(raw)
    model = _read(raw)
    classes = [int(value) for value in getattr(model, "classes_", ())]
    if classes != list(range(len(card.table.classes))):
        raise BadModelFile(f"the model's classes are {classes}, the card's are 0 to {len(card.table.classes) - 1}")

    def predict(matrix: Matrix) -> Matrix:
        return np.asarray(model.predict_proba(matrix), dtype=np.float64)

    return predict


def _audit(raw: bytes) -> None:
    """Compare every type that the file names with our list; BadModelFile lists the others."""
    tree = _tree(raw)
    types = {f"{node.get('__module__')}.{node.get('__class__')}" for node in _nodes(tree)}
    strange = sorted(types - TRUSTED)
    if strange:
        raise BadModelFile(f"it holds types that are not on the list of trusted types: {', '.join(strange)}")
    loaders = sorted({str(node.get("__loader__")) for node in _nodes(tree) if "__loader__" in node} - _LOADERS)
    if loaders:
        raise BadModelFile(f"it wants loaders that are not allowed: {', '.join(loaders)}")


def _tree(raw: bytes) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _refuse_bombs(archive)
            return json.loads(archive.read("schema.json"))
    except (zipfile.BadZipFile, KeyError, ValueError, RecursionError, EOFError, NotImplementedError) as error:
        if isinstance(error, BadModelFile):
            raise
        raise BadModelFile(f"the archive cannot be read: {error}") from error


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if (
        sum(member.file_size for member in members) > _MAX_UNPACKED
        or archive.getinfo("schema.json").file_size > _MAX_TREE
    ):
        raise BadModelFile("the archive unpacks to more than a model may hold")
    strange = [member.filename for member in members if not _allowed(member.filename)]
    if strange:
        raise BadModelFile(f"the archive holds {strange[0]!r}, not only arrays and their tree")


def _allowed(name: str) -> bool:
    return name == "schema.json" or ("/" not in name and name.endswith((".npy", ".npz")))


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            if not found.keys().isdisjoint({"__class__", "__module__", "__loader__"}):
                yield found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _read(raw: bytes) -> Any:
    import skops.io

    try:
        return skops.io.loads(raw, trusted=sorted(TRUSTED))
    except Exception as error:  # whatever a broken archive makes skops or numpy raise means the same: refused
        raise BadModelFile(f"skops cannot read it: {error}") from error
