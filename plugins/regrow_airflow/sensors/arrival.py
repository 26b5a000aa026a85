"""Waits for partitions that are whole and not yet judged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset

from regrow_airflow.operators.base import RegrowOperator
from regrow_airflow.sensors.offers import Handout, hand_out
from regrow_airflow.triggers.arrival import PartitionArrivalTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context

    from regrow.steps.coordinator import Coordinator

_SIGNATURE_LENGTH = 12


class PartitionArrivalSensor(RegrowOperator):
    """Looks once; where nothing new is whole, waits in the triggerer and looks again. Returns keys, oldest first.

    :param asset: whose state remembers what was offered before
    """

    ui_color = "#e6f1f2"
    # Its DAG starts anew whenever it ends: a watch that gave up at once would do so in a loop.
    gives_up = False

    def __init__(self, *, asset: Asset, **kwargs: Any) -> None:
        super().__init__(inlets=[asset], **kwargs)
        self.asset = asset

    def execute(self, context: Context, event: dict[str, Any] | None = None) -> list[str]:
        """Also where the trigger ends: what it saw is looked at again, not believed."""
        with self.coordinating(context) as coordinator:
            offers = context["asset_state_store"][self.asset]
            offered: Any = offers.get("offered") or {}
            handout = hand_out(waiting(coordinator), offered, datetime.now(UTC))
            if handout.now:
                coordinator.start_arrival(f"{', '.join(handout.now)} arrived", "airflow (arrival)")
                offers.set("offered", {key: list(offer) for key, offer in handout.offers.items()})
                self.log.info("Whole and not yet judged: %s", ", ".join(handout.now))
                return list(handout.now)
            trigger = PartitionArrivalTrigger(**arguments(coordinator, handout))
            self.log.info("Nothing new is whole in %s; waiting.", coordinator.arrivals.address)
        self.defer(trigger=trigger, method_name="execute")
        raise AssertionError("defer does not return")


def waiting(coordinator: Coordinator) -> dict[str, str]:
    """What waits for its snapshot or its gate, with the signature that it has now."""
    now = datetime.now(UTC)
    signatures = coordinator.arrivals.known()
    signatures |= {arrived.partition: arrived.signature for arrived in coordinator.arrivals.pending(now)}
    return {key: signatures.get(key, "")[:_SIGNATURE_LENGTH] for key in coordinator.arrivals.to_take(now)}


def arguments(coordinator: Coordinator, handout: Handout) -> dict[str, Any]:
    """For the trigger; what is to wait counts as known, as it is."""
    data = coordinator.loaded.pipeline.spec.data
    seen = {arrived.partition: arrived.signature for arrived in coordinator.arrivals.pending(datetime.now(UTC))}
    held = {key: seen[key] for key in handout.later if key in seen}
    return {
        "source": {
            "address": coordinator.arrivals.address,
            "daily": data.partition == "daily",
            "file": data.file,
            "references": [reference.model_dump(mode="json") for reference in data.references],
            "marker": data.arrival.marker,
        },
        "policy": data.arrival.model_dump(mode="json"),
        "known": {**coordinator.arrivals.known(), **held},
        "again_at": handout.again_at,
    }
