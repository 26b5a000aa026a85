"""Whether a predictor is ready: it answered a real prediction, and said which version it is."""

from __future__ import annotations

from pathlib import Path

import orjson

from regrow.errors import Unreachable
from regrow.serving.example import example_request
from regrow.serving.local.loopback import ask
from regrow.serving.port import Readiness, Served
from regrow.serving.probing import PROBE, judge, name
from regrow.serving.slot_folder import model_folder
from regrow.training.table import ModelCard


def probe(served: Served, slot_folder: Path) -> Readiness:
    """Ask the endpoint itself, past the data plane."""
    card = ModelCard.model_validate_json((model_folder(slot_folder) / "model.json").read_bytes())
    body = orjson.dumps(example_request(card.table))
    try:
        health = ask(served.endpoint, "/v2/health/ready")
        if health.status != 200:
            return Readiness(ready=False, reason=f"{name(served)} says that it is not ready ({health.status})")
        answer = ask(served.endpoint, f"/v2/models/{served.model}/infer", method="POST", body=body, headers=PROBE)
    except Unreachable as error:
        return Readiness(ready=False, reason=error.sentence)
    return judge(served, answer)
