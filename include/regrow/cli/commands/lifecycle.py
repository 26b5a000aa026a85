"""`regrow up` and `regrow down`: the processes of this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from regrow.cli.screen import Output, OutputOption, note, show_rows


def up(
    timeout: Annotated[float, typer.Option(min=1, help="Seconds to wait for health.")] = 180.0,
    output: OutputOption = Output.TABLE,
) -> None:
    """Start all services and wait until they answer.

    Airflow, MLflow, Envoy, and the models that were served before.
    """
    from regrow.platform.lifecycle import bring_up
    from regrow.settings import Settings

    links = bring_up(Settings(), timeout=timeout, progress=note)
    show_rows("services", [link.row() for link in links], output, "nothing runs")


def down(
    purge: Annotated[bool, typer.Option("--purge", help="Also delete everything that Regrow keeps here.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do delete; without it, --purge only says what.")] = False,
) -> None:
    """Stop every process that `up` started. Data stays, unless purged."""
    from regrow.errors import Refused
    from regrow.platform.lifecycle import bring_down
    from regrow.platform.purge import delete, listed
    from regrow.settings import Settings

    settings = Settings()
    if purge and not yes:
        note("\n".join(listed(settings.root)))
        raise Refused("nothing was deleted or stopped; to delete all of this: regrow down --purge --yes")
    bring_down(settings, progress=note)
    if purge:
        note("\n".join(listed(settings.root)))
        delete(settings.root)
        note("deleted")
