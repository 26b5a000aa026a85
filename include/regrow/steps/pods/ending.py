"""Being told to end: a pod that is evicted or deleted has seconds, and its step leaves all of a record or nothing."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

from regrow.steps.contract import EXIT_TRANSIENT

SECONDS = 5.0
"""Long enough to give leases back, well within a pod's grace."""


class ToldToEnd(BaseException):
    """Passes every `except Exception` on its way out, and every `finally`."""


def end_when_told(words: Callable[[], None]) -> None:
    """From now on SIGTERM raises ToldToEnd in the main thread.

    Code that does not come back to Python in time ends with the process, exit code 20, after `words`: what it would
    have written is only seen whole, and its lease runs out.
    """

    def stuck() -> None:
        try:
            words()
        finally:
            os._exit(EXIT_TRANSIENT)

    def told(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        timer = threading.Timer(SECONDS, stuck)
        timer.daemon = True
        timer.start()
        raise ToldToEnd

    signal.signal(signal.SIGTERM, told)
