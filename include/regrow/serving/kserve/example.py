"""The real inference that proves a slot: the model's own example, sent through the API server to the slot's Service."""

from __future__ import annotations

import tempfile
from pathlib import Path

import orjson

from regrow.cluster.port import Cluster, Response
from regrow.serving.example import example_request
from regrow.serving.kserve.names import PORT, predictor
from regrow.serving.port import Served
from regrow.serving.probing import PROBE
from regrow.serving.slot_folder import model_entries
from regrow.store.port import Store
from regrow.training.table import ModelCard

SECONDS = 10.0


def example(store: Store, artifact: str) -> bytes:
    """The body of a request that the artifact's model has to answer. Raises NotFound or Corrupt from the store."""
    prefix, _ = model_entries(store.manifest(artifact))
    with tempfile.TemporaryDirectory() as folder:
        store.fetch(artifact, Path(folder), (f"{prefix}model.json",))
        card = ModelCard.model_validate_json((Path(folder) / f"{prefix}model.json").read_bytes())
    return orjson.dumps(example_request(card.table))


def ask(cluster: Cluster, namespace: str, served: Served, body: bytes) -> Response:
    """Past the gateway, so that a slot without a share answers too."""
    target = f"services/{predictor(served.model, served.slot)}:{PORT}"
    path = f"/v2/models/{served.model}/infer"
    return cluster.proxy(namespace, target, path, body=body, headers=PROBE, timeout=SECONDS)
