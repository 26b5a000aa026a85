"""Engines for PostgreSQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

SERVER: dict[str, Any] = {
    "application_name": "regrow",
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    "prepare_threshold": None,
    "options": "-c statement_timeout=30s -c lock_timeout=20s -c idle_in_transaction_session_timeout=60s",
}
"""A host that is gone is noticed within 25 seconds. Nothing is prepared on the server: a pooler may lie in between."""


def with_driver(address: sa.URL) -> sa.URL:
    """PostgreSQL's addresses as libpq and hosting services write them; the driver is psycopg 3 in any case."""
    plain = address.drivername in ("postgres", "postgresql")
    return address.set(drivername="postgresql+psycopg") if plain else address


def connect_server(address: sa.URL, common: dict[str, Any]) -> sa.Engine:
    """Few connections, because every step's process has its own; the address's own parameters come first."""
    return sa.create_engine(
        address,
        pool_size=2,
        max_overflow=4,
        pool_recycle=300,
        pool_use_lifo=True,
        pool_pre_ping=True,
        connect_args={name: value for name, value in SERVER.items() if name not in address.query},
        **common,
    )
