"""The ledger's tables. A change here needs a migration; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from regrow.ledger.clock import utc

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite numbers rows by itself only where the key's type is INTEGER."""


class Utc(sa.TypeDecorator[datetime]):
    """UTC in, UTC out, aware in Python everywhere, also where the database keeps no zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else utc(value)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else utc(value)


metadata = sa.MetaData()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _time(name: str) -> sa.Column[datetime]:
    return sa.Column(name, Utc(), nullable=False)


def _seq() -> sa.Column[int]:
    return sa.Column("seq", Big, primary_key=True)


records = sa.Table(
    "records",
    metadata,
    sa.Column("fingerprint", sa.Text(), primary_key=True),
    *map(_text, ("kind", "step", "pipeline", "run_id", "spec_digest", "environment")),
    _json("params"),
    sa.Column("seed", sa.BigInteger(), nullable=False),
    _json("inputs"),
    _text("output"),
    sa.Column("verdict", sa.Text()),
    _text("reason"),
    _json("facts"),
    _time("started_at"),
    _time("ended_at"),
    sa.Column("cpu_seconds", sa.Float(), nullable=False),
    sa.Column("peak_memory", sa.BigInteger(), nullable=False),
    sa.Column("cost", sa.Float(), nullable=False),
    *map(_text, ("host", "image")),
)

uses = sa.Table(
    "uses",
    metadata,
    _seq(),
    *map(_text, ("run_id", "pipeline", "step", "kind")),
    sa.Column("fingerprint", sa.Text(), sa.ForeignKey("records.fingerprint"), nullable=False),
    sa.Column("reused", sa.Boolean(), nullable=False),
    _time("at"),
    sa.UniqueConstraint("run_id", "step", "fingerprint", name="uses_once"),
    sa.Index("uses_by_pipeline", "pipeline", "kind"),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text(), primary_key=True),
    sa.Column("epoch", sa.BigInteger(), nullable=False),
    _text("holder"),
    _time("expires_at"),
)

runs = sa.Table(
    "runs",
    metadata,
    _seq(),
    sa.Column("run_id", sa.Text(), nullable=False),
    *map(_text, ("pipeline", "spec_digest", "reason", "actor")),
    _time("started_at"),
    _json("params"),
    sa.Column("ended_at", Utc()),
    *map(_text, ("outcome", "sentence")),
    sa.UniqueConstraint("run_id", name="runs_once"),
    sa.Index("runs_by_start", "started_at"),
)

versions = sa.Table(
    "versions",
    metadata,
    _seq(),
    *map(_text, ("model", "version", "run_id", "record", "artifact", "report", "registry_version")),
    _json("metadata"),
    _time("created_at"),
    sa.UniqueConstraint("model", "version", name="versions_once"),
    sa.UniqueConstraint("model", "record", name="versions_once_per_record"),
)

champions = sa.Table(
    "champions",
    metadata,
    sa.Column("model", sa.Text(), primary_key=True),
    _text("version"),
    sa.Column("epoch", sa.BigInteger(), nullable=False),
    _time("since"),
    sa.ForeignKeyConstraint(
        ["model", "version"], [versions.c.model, versions.c.version], name="champions_are_versions"
    ),
)

intents = sa.Table(
    "intents",
    metadata,
    sa.Column("model", sa.Text(), primary_key=True),
    sa.Column("version", sa.BigInteger(), nullable=False),
    _json("document"),
)

audit = sa.Table(
    "audit",
    metadata,
    _seq(),
    _time("at"),
    *map(_text, ("actor", "action", "subject", "reason")),
    _json("details"),
    sa.Index("audit_by_subject", "subject"),
)
