"""Named places where a process may be told to die, so that tests can kill it exactly there.

`REGROW_FAILPOINT=after-put:gate` kills the process, as `kill -9` would, when it reaches that point with that subject;
without a subject, at the first of any.
"""

from __future__ import annotations

import os
import signal

POINTS = ("before-work", "after-work", "after-put", "after-record", "after-registry", "after-ledger", "after-stage")


def reach(point: str, subject: str = "") -> None:
    wanted = os.environ.get("REGROW_FAILPOINT")
    if wanted and wanted in (point, f"{point}:{subject}"):
        os.kill(os.getpid(), signal.SIGKILL)
