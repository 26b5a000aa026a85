"""`regrow doctor`: is this machine fit, and if not, the command that makes it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from regrow.cli.screen import Output, OutputOption, coloured, note, show_json

if TYPE_CHECKING:
    from regrow.platform.finding import Finding


def doctor(output: OutputOption = Output.TABLE) -> None:
    """Check this machine; name the fix of what fails.

    Python, disk, ports, packages, Envoy, ledger, clock.
    """
    from regrow.platform.checkup import check_up
    from regrow.settings import Settings

    findings = check_up(Settings())
    if output is Output.JSON:
        show_json({"checks": [finding.row() for finding in findings]})
    else:
        for finding in findings:
            print(written(finding))
            if not finding.ok:
                note(f"     next: {finding.fix}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def written(finding: Finding) -> str:
    mark = coloured("ok  ", "green") if finding.ok else coloured("FAIL", "red")
    return f"{mark} {finding.name}: {finding.told}"
