"""How long a database that went away is waited for."""

from __future__ import annotations

import random
import time


class Patience:
    """Counts turns; each waits longer than the one before, with some luck, so that not all come back at once."""

    def __init__(self, seconds: float) -> None:
        self._deadline, self._turn = time.monotonic() + seconds, 0

    @property
    def left(self) -> bool:
        return time.monotonic() < self._deadline

    def wait(self) -> None:
        longest = min(0.1 * 2**self._turn, 2.0)
        self._turn += 1
        time.sleep(max(0.0, min(random.uniform(longest / 2, longest), self._deadline - time.monotonic())))
