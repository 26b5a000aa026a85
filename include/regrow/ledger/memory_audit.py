"""The audit in memory. Its lock is the whole ledger's: what changes and what is told of it change together."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from regrow.frozen import Frozen
from regrow.ledger.clock import utc
from regrow.ledger.port import AuditEntry
from regrow.ledger.telling import Line

Value = TypeVar("Value", bound=Frozen)


def through_json(value: Value) -> Value:
    """The value as a database would give it back: times in UTC, lists for tuples, nobody else's dict inside."""
    times = {name: utc(found) for name, found in value if isinstance(found, datetime)}
    return type(value).model_validate_json(value.model_copy(update=times).model_dump_json())


class MemoryAudit:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._entries: list[AuditEntry] = []

    def tell(self, line: Line) -> AuditEntry:
        with self.lock:
            entry = through_json(AuditEntry(seq=len(self._entries) + 1, **vars(line)))
            self._entries.append(entry)
            return entry

    def note(
        self, *, actor: str, action: str, subject: str, reason: str, details: Mapping[str, Any], at: datetime
    ) -> AuditEntry:
        return self.tell(Line(at, actor, action, subject, reason, details))

    def entries(self, subject: str | None = None, limit: int | None = None) -> tuple[AuditEntry, ...]:
        with self.lock:
            found = [entry for entry in self._entries if subject in (None, entry.subject)]
        return tuple(found if limit is None else found[max(0, len(found) - limit) :])
