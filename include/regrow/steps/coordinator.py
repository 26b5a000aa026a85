"""One run of one pipeline: which requests a node asks for, what became of them, what follows.

Everything that it knows stands in the ledger and the store, so that any process may take the next node: a thread of
`regrow run`, an Airflow task, or the same command after a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from regrow.errors import StepFailed, Transient, VerdictFailed
from regrow.frozen import Frozen
from regrow.ledger.port import Run
from regrow.platform.workspace import Workspace
from regrow.spec.load import LoadedPipeline
from regrow.steps.arrivals import Arrivals
from regrow.steps.contract import EXIT_REFUSED, EXIT_TRANSIENT, StepRequest, StepResult
from regrow.steps.due import Due, due
from regrow.steps.effects import Effects
from regrow.steps.execute import note_reuse, reusable
from regrow.steps.graph import Node, RunParams, arrival_graph, retrain_graph
from regrow.steps.identity import environment_of, identify
from regrow.steps.requests import Requests
from regrow.steps.runner import Progress
from regrow.steps.study_requests import trial_key
from regrow.steps.view import View, partition_of
from regrow.verdicts import Verdict

State = Literal["done", "skipped", "refused"]


class NodeResult(Frozen):
    node: str
    state: State
    sentence: str
    keys: tuple[tuple[str, str], ...] = ()
    """(key, label) for each element of the mapped node that follows."""
    results: tuple[StepResult, ...] = ()

    @property
    def reused(self) -> int:
        return sum(result.reused for result in self.results)


@dataclass(frozen=True)
class Asked:
    """What a node asks for, before anything runs."""

    requests: tuple[StepRequest, ...]
    done: Mapping[str, StepResult]
    """By step: what the ledger had, or what has run since."""

    @property
    def missing(self) -> tuple[StepRequest, ...]:
        return tuple(request for request in self.requests if request.step not in self.done)

    def answered(self, results: Sequence[StepResult]) -> tuple[StepResult, ...]:
        """All results in the requests' order."""
        every = {**self.done, **{result.step: result for result in results}}
        return tuple(every[request.step] for request in self.requests)


class Coordinator:
    def __init__(
        self,
        workspace: Workspace,
        loaded: LoadedPipeline,
        run_id: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.workspace = workspace
        self.loaded = loaded
        self.run_id = run_id
        self.clock = clock
        self.view = View(workspace.ledger, loaded.pipeline.name, run_id)
        self.requests = Requests(loaded, self.view, workspace.store)
        self.arrivals = Arrivals(workspace.settings, loaded, self.view)
        self._nodes = {node.id: node for node in (*arrival_graph(loaded.pipeline), *retrain_graph(loaded.pipeline))}

    # --- a run's life ---

    def start(self, reason: str, actor: str, params: RunParams | None = None) -> Run:
        """Open the run, its partitions and the champion to beat fixed. The first start of a run id stays."""
        form = (params or RunParams()).model_copy(update={"reason": reason, "actor": actor})
        gates, verdict, champion = self.view.gates(), self.due(form), self.view.champion()
        document = {
            "form": form.model_dump(mode="json"),
            "due": verdict.due,
            "sentence": verdict.sentence,
            "champion": champion.version if champion else None,
            "window": {key: gates[key].fingerprint for key in verdict.partitions},
        }
        return self._open(reason, actor, document)

    def due(self, form: RunParams) -> Due:
        """Whether a retraining is due now, and on which partitions."""
        policy = self.loaded.pipeline.spec.retrain
        return due(policy, self.view.accepted(), self.view.trained_through(), form)

    def start_arrival(self, reason: str, actor: str) -> Run:
        return self._open(reason, actor, {})

    def finish(self, outcome: str, sentence: str) -> Run:
        return self.workspace.ledger.runs.finish(self.run_id, outcome, sentence, self.clock())

    def _open(self, reason: str, actor: str, params: Mapping[str, Any]) -> Run:
        run = Run(
            run_id=self.run_id,
            pipeline=self.loaded.pipeline.name,
            spec_digest=self.loaded.digest,
            reason=reason,
            actor=actor,
            started_at=self.clock(),
            params=params,
        )
        return self.workspace.ledger.runs.start(run)

    # --- nodes ---

    def node(self, node_id: str) -> Node:
        return self._nodes[node_id]

    def execute(self, node_id: str, key: str | None = None, progress: Progress = print) -> NodeResult:
        """Do a node, or one element of a mapped one.

        Raises VerdictFailed where a gate said no, Transient where another try may help, StepFailed otherwise. Of a
        mapped node as a whole only what is transient is raised: the node after it judges what failed.
        """
        node = self.node(node_id)
        if node.kind in Effects.KINDS:
            state, sentence = Effects(self).do(node.kind, progress)
            return NodeResult(node=node_id, state=state, sentence=sentence)
        asked = self.ask(node_id, key)
        ran = self.workspace.runner.run(asked.missing, progress)
        return self.conclude(node_id, key, asked.answered(self._noted(ran)), progress)

    def ask(self, node_id: str, key: str | None = None) -> Asked:
        """What a node of steps asks for, and what of it the ledger has; the reuse is noted."""
        return self._asked(self.requests_of(self.node(node_id), key))

    def conclude(
        self, node_id: str, key: str | None, results: tuple[StepResult, ...], progress: Progress = print
    ) -> NodeResult:
        """What follows from a node's results. Raises as `execute` does."""
        node = self.node(node_id)
        whole = node.mapped and key is None
        self._raise_for([result for result in results if not whole or result.exit_code == EXIT_TRANSIENT])
        if node.kind == "tell":
            Effects(self).log_round(progress)
        return NodeResult(
            node=node_id,
            state="done",
            sentence=_sentence(results),
            keys=self._keys_after(node),
            results=results,
        )

    def execute_many(self, node_id: str, keys: Sequence[str], progress: Progress = print) -> tuple[StepResult, ...]:
        """Elements of a mapped arrival node side by side; what fails or is refused is a result, not raised."""
        node = self.node(node_id)
        asked = self._asked(tuple(self._identified(self._arrival_request(node, key)) for key in keys))
        return asked.answered(self._noted(self.workspace.runner.run(asked.missing, progress)))

    def note_failures(self, results: Sequence[StepResult]) -> None:
        """Steps that ended without a record leave their reason in the audit."""
        self._noted(results)

    def keys(self, node_id: str) -> tuple[tuple[str, str], ...]:
        """(key, label) of each element of a mapped node, once upstream is done."""
        node = self.node(node_id)
        if node.kind == "trial":
            number = node.round or 0
            return tuple((trial_key(number, trial["k"]), trial["label"]) for trial in self.requests.study.asked(number))
        return tuple((partition, partition) for partition in self.arrivals.to_take(self.clock()))

    def requests_of(self, node: Node, key: str | None = None) -> tuple[StepRequest, ...]:
        """With environment and fingerprint filled in."""
        if node.kind in ("snapshot", "gate"):
            built = tuple(self._arrival_request(node, one) for one in ([key] if key else dict(self.keys(node.id))))
        else:
            built = self.requests.of(node)
        if key is not None and node.kind == "trial":
            built = tuple(request for request in built if _key(request) == key)
        return tuple(self._identified(request) for request in built)

    def _arrival_request(self, node: Node, partition: str) -> StepRequest:
        if node.kind == "snapshot":
            return self.requests.arrival.snapshot(partition, self.arrivals.listing(partition), self.arrivals.address)
        return self.requests.arrival.gate(partition)

    def _identified(self, request: StepRequest) -> StepRequest:
        environment = environment_of(request.kind)
        fingerprint = identify(request, self.workspace.store)
        return request.model_copy(update={"environment": environment, "fingerprint": fingerprint})

    def _asked(self, requests: tuple[StepRequest, ...]) -> Asked:
        ledger, store = self.workspace.ledger, self.workspace.store
        done: dict[str, StepResult] = {}
        for request in requests:
            record = reusable(request.fingerprint, ledger, store)
            if record is not None:
                done[request.step] = note_reuse(record, request, ledger)
        return Asked(requests, done)

    def _noted(self, results: Sequence[StepResult]) -> Sequence[StepResult]:
        for result in results:
            if not result.fingerprint:
                self._note_failure(result)
        return results

    def _note_failure(self, result: StepResult) -> None:
        self.workspace.ledger.audit.note(
            actor="regrow",
            action="step.failed",
            subject=self.run_id,
            reason=result.reason,
            details={"step": result.step, "error": result.error, "exit_code": result.exit_code},
            at=self.clock(),
        )

    def _raise_for(self, results: Sequence[StepResult]) -> None:
        for result in results:
            if result.exit_code == EXIT_REFUSED:
                verdict = result.verdict or Verdict.FAIL
                raise VerdictFailed(gate=f"{_gate(result)} ({verdict})", subject=_subject(result), reason=result.reason)
            if result.exit_code == EXIT_TRANSIENT:
                raise Transient(f"{result.step}: {result.reason}", step=result.step)
            if not result.succeeded:
                raise StepFailed(step=result.step, reason=result.reason)

    def _keys_after(self, node: Node) -> tuple[tuple[str, str], ...]:
        return self.keys(f"trial_{node.round}") if node.kind == "ask" else ()


def _key(request: StepRequest) -> str:
    _, number, k = request.step.split(" ")
    return f"{number}{k}"


def _gate(result: StepResult) -> str:
    return {"gate": "the data gate", "select": "the selection gate", "split": "the split", "tell": "the study"}.get(
        result.kind, result.kind
    )


def _subject(result: StepResult) -> str:
    return {"gate": partition_of(result.step), "select": "the challenger"}.get(result.kind, result.step)


def _sentence(results: tuple[StepResult, ...]) -> str:
    if len(results) == 1:
        return results[0].reason
    reused = sum(result.reused for result in results)
    failed = sum(not result.succeeded for result in results)
    tail = f", {failed} failed" if failed else ""
    return f"{len(results) - reused - failed} computed, {reused} reused{tail}"
