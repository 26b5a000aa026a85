"""The Deployer on one machine: a slot is a folder with a verified copy, and a predictor process that serves it."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from regrow.errors import Unreachable
from regrow.rollout.traffic import Slot
from regrow.serving.local.data_plane import replace
from regrow.serving.local.envoy.naming import SLOTS
from regrow.serving.local.ports import first_free, free, own_order
from regrow.serving.local.processes import Processes
from regrow.serving.local.readiness import probe
from regrow.serving.port import Readiness, Served
from regrow.serving.slot_folder import fetch_slot
from regrow.store.port import Store

PORTS = range(21_000, 29_000)
"""Below what systems hand out for outgoing connections: a predictor that starts again finds its port free."""
SERVED = "served.json"


@dataclass(frozen=True)
class ServingPlace:
    folder: Path
    """MODEL/{a,b}/ below it."""
    captures: Path
    host: str = "127.0.0.1"


class ProcessDeployer:
    """`in_flight` answers how many requests the data plane has under way to a slot; Unreachable: there is none."""

    def __init__(
        self,
        place: ServingPlace,
        store: Store,
        processes: Processes,
        in_flight: Callable[[str, Slot], int],
        *,
        patience: float = 30.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._place, self._store, self._processes = place, store, processes
        self._in_flight, self._patience, self._pause = in_flight, patience, pause

    def deploy(self, model: str, slot: Slot, version: str, artifact: str) -> Served:
        """Raises NotFound or Corrupt from the store; the slot is then as it was."""
        known = self._known(model, slot)
        if known is None or (known.version, known.artifact) != (version, artifact):
            fresh = self._fetch(model, slot, artifact)
            self.remove(model, slot)
            known = Served(model=model, slot=slot, version=version, artifact=artifact, endpoint=self._endpoint(model))
            (fresh / SERVED).write_bytes(known.canonical())
            fresh.rename(self._slot(model, slot))
        elif self._lost_its_port(known):
            known = known.model_copy(update={"endpoint": self._endpoint(model)})
            replace(self._slot(model, slot) / SERVED, known.model_dump(mode="json"))
        self._processes.start(_process(model, slot), self._command(known), {"OMP_NUM_THREADS": "1"})
        return known

    def ready(self, served: Served) -> Readiness:
        name = _process(served.model, served.slot)
        if name not in self._processes.running():
            words = self._processes.last_words(name)
            return Readiness(ready=False, failed=True, reason=f"the process {name} ended; its last words: {words}")
        return probe(served, self._slot(served.model, served.slot))

    def drain(self, served: Served) -> None:
        """Nothing in flight at two looks in a row: one could fall between a route's choice and its count."""
        deadline, quiet = time.monotonic() + self._patience, 0
        while quiet < 2 and time.monotonic() < deadline:
            try:
                quiet = quiet + 1 if self._in_flight(served.model, served.slot) == 0 else 0
            except Unreachable:
                return
            self._pause(0.05)

    def remove(self, model: str, slot: Slot) -> None:
        self._processes.stop(_process(model, slot))
        shutil.rmtree(self._slot(model, slot), ignore_errors=True)

    def running(self, model: str) -> tuple[Served, ...]:
        alive = self._processes.running()
        known = (self._known(model, slot) for slot in SLOTS)
        return tuple(served for served in known if served is not None and _process(model, served.slot) in alive)

    def autoscale(self, served: Served, allowed: bool = True) -> None:
        """One process for each slot, whatever comes."""

    def _slot(self, model: str, slot: Slot) -> Path:
        return self._place.folder / model / slot

    def _known(self, model: str, slot: Slot) -> Served | None:
        path = self._slot(model, slot) / SERVED
        return Served.model_validate_json(path.read_bytes()) if path.is_file() else None

    def _fetch(self, model: str, slot: Slot, artifact: str) -> Path:
        """A new folder beside the slot, verified by the store; becomes the slot by one rename."""
        fresh = self._slot(model, slot).with_name(f".{slot}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fetch_slot(self._store, artifact, fresh)
        return fresh

    def _endpoint(self, model: str) -> str:
        every = (path for path in self._place.folder.glob(f"*/[ab]/{SERVED}"))
        taken = (Served.model_validate_json(path.read_bytes()).endpoint for path in every)
        ports = frozenset(int(endpoint.rpartition(":")[2]) for endpoint in taken)
        order = own_order(PORTS, str(self._place.folder.resolve()))
        return f"{self._place.host}:{first_free(order, self._place.host, ports)}"

    def _lost_its_port(self, served: Served) -> bool:
        """Its process is gone, and by now somebody else listens there."""
        host, _, port = served.endpoint.rpartition(":")
        return _process(served.model, served.slot) not in self._processes.running() and not free(host, int(port))

    def _command(self, served: Served) -> tuple[str, ...]:
        host, _, port = served.endpoint.rpartition(":")
        flags = {
            "--model": served.model,
            "--version": served.version,
            "--slot": served.slot,
            "--folder": self._slot(served.model, served.slot),
            "--port": port,
            "--host": host,
            "--captures": self._place.captures,
        }
        words = (str(part) for pair in flags.items() for part in pair)
        return (sys.executable, "-m", "regrow.serving.predictor", *words)


def _process(model: str, slot: Slot) -> str:
    return f"predictor-{model}-{slot}"
