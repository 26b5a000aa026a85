"""The first books: records, uses, leases, runs, versions, champions, intents and the audit."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _jsons(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.JSON(), nullable=False) for name in names]


def _times(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in names]


def _seq() -> sa.Column[int]:
    return sa.Column("seq", _BIG, primary_key=True)


def upgrade() -> None:
    _records()
    _uses()
    _leases_and_runs()
    _models()
    _audit()


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("fingerprint", sa.Text(), primary_key=True),
        *_texts("kind", "step", "pipeline", "run_id", "spec_digest", "environment"),
        *_jsons("params"),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        *_jsons("inputs"),
        *_texts("output"),
        sa.Column("verdict", sa.Text()),
        *_texts("reason"),
        *_jsons("facts"),
        *_times("started_at", "ended_at"),
        sa.Column("cpu_seconds", sa.Float(), nullable=False),
        sa.Column("peak_memory", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        *_texts("host", "image"),
    )


def _uses() -> None:
    op.create_table(
        "uses",
        _seq(),
        *_texts("run_id", "pipeline", "step", "kind"),
        sa.Column("fingerprint", sa.Text(), sa.ForeignKey("records.fingerprint"), nullable=False),
        sa.Column("reused", sa.Boolean(), nullable=False),
        *_times("at"),
        sa.UniqueConstraint("run_id", "step", "fingerprint", name="uses_once"),
    )
    op.create_index("uses_by_pipeline", "uses", ["pipeline", "kind"])


def _leases_and_runs() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        *_texts("holder"),
        *_times("expires_at"),
    )
    op.create_table(
        "runs",
        _seq(),
        *_texts("run_id", "pipeline", "spec_digest", "reason", "actor"),
        *_times("started_at"),
        *_jsons("params"),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_texts("outcome", "sentence"),
        sa.UniqueConstraint("run_id", name="runs_once"),
    )
    op.create_index("runs_by_start", "runs", ["started_at"])


def _models() -> None:
    op.create_table(
        "versions",
        _seq(),
        *_texts("model", "version", "run_id", "record", "artifact", "report", "registry_version"),
        *_jsons("metadata"),
        *_times("created_at"),
        sa.UniqueConstraint("model", "version", name="versions_once"),
        sa.UniqueConstraint("model", "record", name="versions_once_per_record"),
    )
    op.create_table(
        "champions",
        sa.Column("model", sa.Text(), primary_key=True),
        *_texts("version"),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        *_times("since"),
        sa.ForeignKeyConstraint(
            ["model", "version"], ["versions.model", "versions.version"], name="champions_are_versions"
        ),
    )
    op.create_table(
        "intents",
        sa.Column("model", sa.Text(), primary_key=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        *_jsons("document"),
    )


def _audit() -> None:
    op.create_table("audit", _seq(), *_times("at"), *_texts("actor", "action", "subject", "reason"), *_jsons("details"))
    op.create_index("audit_by_subject", "audit", ["subject"])
