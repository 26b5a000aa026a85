"""What all requests have in common: who asks, under which spec, with which seed and inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from regrow.errors import NotFound, RegrowError
from regrow.ledger.port import InputRef, StepRecord
from regrow.spec.load import LoadedPipeline
from regrow.spec.model import Spec
from regrow.steps.contract import StepRequest
from regrow.steps.view import View
from regrow.store.port import Store

Input = tuple[str, str, StepRecord]
"""(role, key, the record whose output it is)"""


class NotYet(RegrowError):
    code = "not_yet"

    def __init__(self, *, node: str, needs: str, run_id: str) -> None:
        super().__init__(f"{node} needs {needs}, which run {run_id} does not have yet", node=node, needs=needs)
        self.node, self.needs = node, needs


class Builder:
    """Reads the ledger and the store, changes neither."""

    def __init__(self, loaded: LoadedPipeline, view: View, store: Store) -> None:
        self.loaded = loaded
        self.view = view
        self.store = store

    @property
    def spec(self) -> Spec:
        return self.loaded.pipeline.spec

    def request(
        self, kind: str, step: str, params: Mapping[str, Any], inputs: Sequence[Input] = (), **more: Any
    ) -> StepRequest:
        return StepRequest(
            kind=kind,
            step=step,
            pipeline=self.loaded.pipeline.name,
            run_id=self.view.run_id,
            spec_digest=self.loaded.digest,
            params=orjson.loads(orjson.dumps(params)),
            inputs=tuple(InputRef(role=role, key=key, digest=record.output) for role, key, record in inputs),
            seed=seed_of(self.spec.training.seed, step),
            pods=self.spec.pods.model_dump(mode="json", exclude_defaults=True),
            **more,
        )

    def need(self, kind: str, node: str) -> dict[str, StepRecord]:
        """This run's records of a kind by step name. Raises NotYet where there is none."""
        found = self.view.steps(kind)
        if not found:
            raise self.not_yet(node, kind)
        return found

    def not_yet(self, node: str, needs: str) -> NotYet:
        return NotYet(node=node, needs=needs, run_id=self.view.run_id)

    def record(self, fingerprint: str) -> StepRecord:
        record = self.view.ledger.records.find(fingerprint)
        if record is None:
            raise NotFound("step record", fingerprint)
        return record


def seed_of(seed: int, position: str) -> int:
    """A step's seed from the spec's seed and the step's position: 31 bits of their SHA-256."""
    return int.from_bytes(hashlib.sha256(f"{seed}|{position}".encode()).digest()[:4], "big") >> 1
