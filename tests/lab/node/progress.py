"""One line for each part, with its seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what begins where a person watches, and how long it took once it is done."""
    begun = time.monotonic()
    watched = sys.stdout.isatty()
    if watched:
        print(f"{name:<22} …", end="\r", flush=True)
    yield
    print(f"{name:<22} {time.monotonic() - begun:6.1f} s", flush=True)
