"""Short transactions: a piece of work gets a connection, and either all of it is kept or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from regrow.ledger import dialects
from regrow.ledger.clock import Clock
from regrow.ledger.faults import translated

Answer = TypeVar("Answer")
_TRIES = 3


class Database:
    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.engine = dialects.connect(url)
        self._writer = self.engine.execution_options(**{dialects.WRITES: True})
        self._clock = clock

    def read(self, work: Callable[[sa.Connection], Answer]) -> Answer:
        with translated(self.engine.url), self.engine.connect() as connection:
            return work(connection)

    def write(self, work: Callable[[sa.Connection], Answer]) -> Answer:
        """`work` may run again: who loses a race for a unique row looks once more and then sees the winner's."""
        for left in reversed(range(_TRIES)):
            try:
                with translated(self.engine.url), self._writer.begin() as connection:
                    return work(connection)
            except sa.exc.IntegrityError:
                if not left:
                    raise
        raise AssertionError("unreachable")

    def now(self, connection: sa.Connection) -> datetime:
        return self._clock() if self._clock else dialects.database_now(connection)

    def close(self) -> None:
        self.engine.dispose()
