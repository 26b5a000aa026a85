"""The list of commands. Each lies in its own file and imports what it needs when it runs: help must not wait for it."""

from __future__ import annotations

from typing import Annotated

import typer

from regrow.cli.commands.doctor import doctor
from regrow.cli.commands.explain import explain
from regrow.cli.commands.init import init
from regrow.cli.commands.lifecycle import down, up
from regrow.cli.commands.models import models, show
from regrow.cli.commands.quarantine import quarantine
from regrow.cli.commands.run import run
from regrow.cli.commands.schema import schema
from regrow.cli.commands.status import status
from regrow.cli.commands.validate import validate

EXAMPLES = """\b
Examples:
  regrow init churn                               a pipeline to fill in
  regrow validate                                 all of dags/pipelines
  regrow run flights-delay --through 2013-01-31   arrivals, gates, retraining
  regrow status                                   who is in charge, and where
  regrow show flights-delay --output json         everything about a version

\b
Exit codes: 0 done, 1 failed, 2 usage or spec, 3 refused, 4 not found,
            5 waits for a person, 6 timeout, 130 Ctrl-C.
"""

app = typer.Typer(
    help="Keeps models in production good: one YAML for each served model.",
    epilog=EXAMPLES,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"regrow {version('regrow')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it and end.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


for command in (init, validate, schema, explain, run, status, models, show, quarantine, up, down, doctor):
    app.command()(command)
