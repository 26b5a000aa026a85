"""Run by Alembic for each upgrade; the connection is handed over by `run.upgrade`."""

from alembic import context

from regrow.ledger.schema import VERSION_TABLE
from regrow.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
