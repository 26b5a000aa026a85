"""`regrow quarantine`: why rows of a partition were held back, and the file as it came."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regrow.cli.screen import Output, OutputOption, note, show_json, table

if TYPE_CHECKING:
    from regrow.ledger.port import Ledger, StepRecord


def quarantine(
    name: Annotated[str, typer.Argument(metavar="PIPELINE")],
    partition: Annotated[str, typer.Argument(help="A day, as 2013-02-08; `all` where the source has one batch.")],
    rebuild: Annotated[Path | None, typer.Option(help="Put the batch's files together again in this folder.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """What the data gate said of one batch, and why."""
    from regrow.cli.look_up import spelled
    from regrow.platform.workspace import open_workspace

    workspace = open_workspace()
    try:
        record = _gate(workspace.ledger, spelled(name), partition)
        with tempfile.TemporaryDirectory() as scratch:
            folder = workspace.store.fetch(record.output, Path(scratch) / "gate")
            facts = {**_judgement(record, partition), "reasons": _reasons(folder / "lot.parquet")}
            if rebuild:
                _rebuild(folder, rebuild)
    finally:
        workspace.close()
    _tell(facts, output)


def _gate(ledger: Ledger, model: str, partition: str) -> StepRecord:
    from regrow.errors import NotFound
    from regrow.steps.view import View

    gates = View(ledger, model, "").gates()
    if partition not in gates:
        raise NotFound(f"judged partition of {model}", partition, gates if len(gates) < 20 else ())
    return gates[partition]


def _judgement(record: StepRecord, partition: str) -> dict[str, Any]:
    return {"partition": partition, "verdict": record.verdict, "reason": record.reason, "facts": dict(record.facts)}


def _reasons(lot: Path) -> list[dict[str, Any]]:
    import polars

    found = polars.read_parquet(lot, columns=["reasons"])["reasons"].to_list() if lot.exists() else []
    counted = Counter(reason for reasons in found for reason in reasons)
    return [{"rows": count, "reason": reason} for reason, count in counted.most_common()]


def _rebuild(folder: Path, into: Path) -> None:
    from regrow.validation.quarantine import rebuild

    into.mkdir(parents=True, exist_ok=True)
    rebuild(folder, into)
    note(f"the batch's files, byte for byte: {into}")


def _tell(facts: dict[str, Any], output: Output) -> None:
    if output is Output.JSON:
        show_json(facts)
        return
    print(f"{facts['partition']}  {facts['verdict']}: {facts['reason']}")
    if facts["reasons"]:
        print(table(facts["reasons"]))
    else:
        note("no row is in quarantine")
