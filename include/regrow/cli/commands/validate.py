"""`regrow validate`: every problem of every file at once, without a network and without data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regrow.cli.screen import Output, OutputOption, coloured, note, show_json

if TYPE_CHECKING:
    from regrow.spec.load import LoadedPipeline
    from regrow.spec.problems import SpecError


def validate(
    files: Annotated[list[Path] | None, typer.Argument(help="YAML files; without any, all of dags/pipelines.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Check pipelines, and tell every problem at once.

    With file, line, column, what is allowed and the nearest name. Needs no network and no data.
    """
    from regrow.cli.look_up import pipeline_files
    from regrow.errors import NotFound
    from regrow.settings import Settings

    settings = Settings()
    chosen = tuple(files) if files else pipeline_files(settings)
    if not chosen:
        raise NotFound("pipeline in", str(settings.pipelines))
    results = [_checked(path) for path in chosen]
    if output is Output.JSON:
        show_json({"files": results})
    else:
        for result in results:
            _tell(result)
    if not all(result["valid"] for result in results):
        raise typer.Exit(2)


def _checked(path: Path) -> dict[str, Any]:
    from regrow.spec.load import load_pipeline
    from regrow.spec.problems import SpecError

    try:
        loaded = load_pipeline(path)
    except SpecError as error:
        return _refused(path, error)
    return _accepted(path, loaded)


def _accepted(path: Path, loaded: LoadedPipeline) -> dict[str, Any]:
    warnings = [warning.sentence for warning in getattr(loaded, "warnings", ())]
    name, spec = loaded.pipeline.name, loaded.pipeline.spec
    return {
        "file": str(path),
        "valid": True,
        "name": name,
        "algorithms": [algorithm.name for algorithm in spec.algorithms],
        "digest": loaded.digest,
        "problems": [],
        "warnings": warnings,
    }


def _refused(path: Path, error: SpecError) -> dict[str, Any]:
    return {
        "file": str(path),
        "valid": False,
        "problems": error.facts_of_all(),
        "warnings": [],
        "_sentence": error.sentence,
    }


def _tell(result: dict[str, Any]) -> None:
    for warning in result["warnings"]:
        note(f"{coloured('warning', 'yellow')}: {warning}")
    if result["valid"]:
        print(f"{coloured('ok', 'green')} {result['file']}: {result['name']}, tries {', '.join(result['algorithms'])}")
        return
    count = len(result["problems"])
    note(f"{coloured('refused', 'red')} {result['file']}: {count} problem{'s' if count != 1 else ''}")
    note(result["_sentence"])
