"""Holding a lease while working: renewed in the background, waited for where another holds it, freed from the dead."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from regrow.errors import LeaseHeld, LeaseLost, Transient
from regrow.ledger.port import Lease, Ledger

TTL = timedelta(seconds=60)
WAIT = timedelta(minutes=2)


@contextmanager
def held(ledger: Ledger, name: str, ttl: timedelta = TTL, wait: timedelta = WAIT) -> Iterator[Lease]:
    """The lease `name` until the block ends. Raises Transient where another holds it for longer than `wait`."""
    lease = _acquired(ledger, name, ttl, wait)
    done = threading.Event()
    thread = threading.Thread(target=_renew, args=(ledger, lease, ttl, done), name="lease", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        done.set()
        thread.join()
        ledger.leases.release(lease)


def holder_here() -> str:
    return f"{platform.node()}:{os.getpid()}:{threading.get_ident()}"


def _acquired(ledger: Ledger, name: str, ttl: timedelta, wait: timedelta) -> Lease:
    deadline = time.monotonic() + wait.total_seconds()
    holder = holder_here()
    while True:
        try:
            return ledger.leases.acquire(name, holder, ttl)
        except LeaseHeld as error:
            if _is_dead(error.holder):
                # Its own name takes the lease over with a new epoch; should it live after all, its writes are refused.
                return ledger.leases.acquire(name, error.holder, ttl)
            if time.monotonic() > deadline:
                raise Transient(error.sentence, name=name) from error
        time.sleep(0.2)


def _is_dead(holder: str) -> bool:
    """True for a process of this machine that is gone. Of other machines nothing is known: their leases run out."""
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    if host != platform.node() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _renew(ledger: Ledger, lease: Lease, ttl: timedelta, done: threading.Event) -> None:
    while not done.wait(ttl.total_seconds() / 3):
        try:
            ledger.leases.renew(lease, ttl)
        except LeaseLost:
            return
