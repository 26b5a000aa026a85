"""Where a fan-out of pods happens: the ports that it works on, how long it is patient, and what time is to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from regrow.cluster.port import Cluster
from regrow.ledger.port import Ledger, StepRecord
from regrow.settings import KubernetesSettings
from regrow.steps.execute import reusable
from regrow.store.port import Store

AWAY_SECONDS = 600.0
"""So long may the API server, the ledger or the store be away. Pods go on meanwhile."""
CLEAR_SECONDS = 30.0
"""So long are pods that are done with waited for, should they not be deleted at once."""
LOG_LINES = 20


@dataclass(frozen=True)
class Time:
    """What passes; a test has its own."""

    poll_seconds: float = 0.5
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ticks: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Place:
    cluster: Cluster
    ledger: Ledger
    store: Store
    settings: KubernetesSettings
    time: Time = field(default_factory=Time)

    def find(self, fingerprint: str) -> StepRecord | None:
        return reusable(fingerprint, self.ledger, self.store)
