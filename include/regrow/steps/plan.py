"""Which steps a run would compute and which it would reuse, as far as that can be known before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from regrow.frozen import Frozen
from regrow.steps.building import NotYet
from regrow.steps.execute import note_reuse, reusable
from regrow.steps.graph import Node, retrain_graph

if TYPE_CHECKING:
    from regrow.steps.coordinator import Coordinator


class Planned(Frozen):
    node: str
    mark: Literal["RUN", "REUSE", "MAYBE"]
    reason: str


def plan(coordinator: Coordinator) -> tuple[Planned, ...]:
    """Walk the graph while all is reusable; what lies behind the first step to run is MAYBE."""
    planned: list[Planned] = []
    known = True
    for node in retrain_graph(coordinator.loaded.pipeline):
        if node.kind in ("due", "report"):
            continue
        mark = _mark(coordinator, node) if known else None
        planned.append(
            mark or Planned(node=node.id, mark="MAYBE", reason=f"runs if {planned[-1].node} changes its output")
        )
        known = known and mark is not None and mark.mark == "REUSE"
    return tuple(planned)


def _maybe(node: Node, before: str) -> Planned:
    return Planned(node=node.id, mark="MAYBE", reason=f"runs if {before} changes its output")


def explain(planned: tuple[Planned, ...]) -> str:
    width = max(len(item.node) for item in planned)
    return "\n".join(f"{item.mark:<6}{item.node:<{width}}  {item.reason}" for item in planned)


def _mark(coordinator: Coordinator, node: Node) -> Planned | None:
    if node.kind in ("register", "deploy"):
        return None
    try:
        requests = coordinator.requests_of(node)
    except NotYet:
        return None
    space = coordinator.workspace
    found = [(request, reusable(request.fingerprint, space.ledger, space.store)) for request in requests]
    for request, record in found:
        if record is not None:
            note_reuse(record, request, space.ledger)
    missing = [request.step for request, record in found if record is None]
    if not missing:
        return Planned(node=node.id, mark="REUSE", reason=f"{len(found)} steps have intact records")
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    return Planned(
        node=node.id, mark="RUN", reason=f"no record yet of {missing[0]}{more}; {len(found) - len(missing)} reused"
    )
