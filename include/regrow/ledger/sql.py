"""The ledger in a database: SQLite on one machine, PostgreSQL for many."""

from __future__ import annotations

from regrow.ledger.clock import Clock
from regrow.ledger.database import Database
from regrow.ledger.port import Audit, Leases, Ledger, Models, Records, Runs, Traffic
from regrow.ledger.schema import ensure
from regrow.ledger.sql_audit import SqlAudit
from regrow.ledger.sql_leases import SqlLeases
from regrow.ledger.sql_models import SqlModels
from regrow.ledger.sql_records import SqlRecords
from regrow.ledger.sql_runs import SqlRuns
from regrow.ledger.sql_traffic import SqlTraffic


class SqlLedger:
    """Opens, and prepares where needed, the database at `url`. Safe to share between threads and across forks.

    Leases run by `clock`, or by the database's own time. Raises Refused for a database of a newer schema or of somebody
    else's, Unreachable, OutOfSpace.
    """

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self._database = database = Database(url, clock)
        database.prepare(ensure)
        self.records: Records = SqlRecords(database)
        self.leases: Leases = SqlLeases(database)
        self.runs: Runs = SqlRuns(database)
        self.models: Models = SqlModels(database)
        self.traffic: Traffic = SqlTraffic(database)
        self.audit: Audit = SqlAudit(database)

    def close(self) -> None:
        self._database.close()


_: type[Ledger] = SqlLedger
