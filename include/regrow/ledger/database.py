"""Short transactions: a piece of work gets a connection, and either all of it is kept or nothing.

A server that goes away is waited for: reads are made again, and transactions that certainly kept nothing. Where the
connection broke during COMMIT nobody was told whether it did. The work runs again then, as a second caller's would, and
answers with what it finds of its own first run. Work that would not recognise that says by `landed` what it left.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from regrow.ledger import dialects
from regrow.ledger.clock import Clock
from regrow.ledger.faults import is_lost, loses_a_race, translated
from regrow.ledger.patience import Patience

Answer = TypeVar("Answer")
Work = Callable[[sa.Connection], Answer]
_TRIES = 3
RECONNECT_SECONDS = 30.0
FIRST_SECONDS = 10.0
"""A database that was never reached is more often a wrong address."""


class Database:
    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.engine = dialects.connect(url)
        self._writer = self.engine.execution_options(**{dialects.WRITES: True})
        self._clock = clock

    def prepare(self, work: Callable[[sa.Engine], None]) -> None:
        """`work` may run again, whatever became of it the first time. Closes where it fails."""
        try:
            self._patiently(lambda: work(self.engine), FIRST_SECONDS)
        except BaseException:
            self.close()
            raise

    def read(self, work: Work[Answer]) -> Answer:
        return self._patiently(lambda: self._read(work), RECONNECT_SECONDS)

    def write(self, work: Work[Answer], landed: Work[Answer | None] | None = None) -> Answer:
        """`work` may run again: who loses a race for a unique row looks once more and then sees the winner's."""
        return self._patiently(_Transaction(self._writer, work, landed).run, RECONNECT_SECONDS)

    def now(self, connection: sa.Connection) -> datetime:
        return self._clock() if self._clock else dialects.database_now(connection)

    def close(self) -> None:
        self.engine.dispose()

    def _read(self, work: Work[Answer]) -> Answer:
        with self.engine.connect() as connection:
            return work(connection)

    def _patiently(self, attempt: Callable[[], Answer], seconds: float) -> Answer:
        """A lost connection is made again for `seconds`, a lost race run again a few times."""
        patience, races = Patience(seconds), _TRIES
        with translated(self.engine.url):
            while True:
                try:
                    return attempt()
                except sa.exc.DBAPIError as error:
                    if loses_a_race(error) and races > 1:
                        races -= 1
                    elif not (is_lost(error) and patience.left):
                        raise
                patience.wait()


class _Transaction(Generic[Answer]):
    """One piece of work until it is known to be kept."""

    def __init__(self, writer: sa.Engine, work: Work[Answer], landed: Work[Answer | None] | None) -> None:
        self._writer, self._work, self._landed = writer, work, landed
        self._is_in_doubt = False

    def run(self) -> Answer:
        with self._writer.connect() as connection, connection.begin() as transaction:
            if self._is_in_doubt and self._landed and (left := self._landed(connection)) is not None:
                return left
            answer = self._work(connection)
            self._is_in_doubt = True
            transaction.commit()
            return answer


def held(query: sa.Select[Any], connection: sa.Connection) -> sa.Select[Any]:
    """A writer holds what it decides by until its transaction ends; a reader keeps nobody waiting."""
    return query.with_for_update() if connection.get_execution_options().get(dialects.WRITES) else query
