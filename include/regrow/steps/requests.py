"""Node by node, the requests that a spec and the ledger ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from regrow.spec.load import LoadedPipeline
from regrow.steps.arrival_requests import ArrivalRequests
from regrow.steps.contract import StepRequest
from regrow.steps.data_requests import DataRequests
from regrow.steps.graph import Node
from regrow.steps.study_requests import StudyRequests
from regrow.steps.view import View
from regrow.store.port import Store


class Requests:
    """The requests of one run of one pipeline."""

    def __init__(self, loaded: LoadedPipeline, view: View, store: Store) -> None:
        self.arrival = ArrivalRequests(loaded, view, store)
        self.data = DataRequests(loaded, view, store)
        self.study = StudyRequests(loaded, view, store)

    def of(self, node: Node) -> tuple[StepRequest, ...]:
        """All requests of a retraining node, in order. Raises NotYet where upstream results are missing."""
        number = node.round or 0
        build: dict[str, Callable[[], Sequence[StepRequest]]] = {
            "features": self.data.features,
            "split": self.data.split,
            "ask": lambda: self.study.ask(number),
            "trial": lambda: self.study.trials(number),
            "tell": lambda: self.study.tell(number),
            "select": self.study.select,
        }
        return tuple(build[node.kind]())
