"""`regrow init`: the files of a new pipeline, and an editor that knows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regrow.cli.screen import note

if TYPE_CHECKING:
    from regrow.settings import Settings

SCHEMA_FILE = Path("schemas/pipeline.schema.json")
EDITOR_FILE = Path(".vscode/settings.json")


def init(name: Annotated[str, typer.Argument(help="The model's name: lower case, digits, dashes.")]) -> None:
    """Write the files of a new pipeline.

    A commented YAML, its row schema, a feature module, and editor settings. Overwrites nothing.
    """
    from regrow.cli.look_up import spelled
    from regrow.settings import Settings

    settings = Settings()
    model = _checked(spelled(name))
    files = _files(model, settings)
    _refuse_existing(tuple(files))
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path)
    for path, text in _editor(settings).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        note(f"for editors: {path}")
    note(f"next: put data into {settings.data / model}/YYYY-MM-DD/, fit the three files to it, then regrow validate")


def _checked(model: str) -> str:
    import re

    from regrow.errors import UsageError
    from regrow.spec.model import NAME_PATTERN

    if not re.fullmatch(NAME_PATTERN, model):
        raise UsageError(
            f"{model!r} is no name for a pipeline: lower case letters, digits and single dashes, at most 53"
        )
    return model


def _files(model: str, settings: Settings) -> dict[Path, str]:
    from regrow.cli import templates

    stem, folder = model.replace("-", "_"), settings.pipelines
    path = folder / f"{stem}.yaml"
    return {
        path: templates.pipeline(model, str(path), _relative(folder)),
        folder / f"{stem}_schema.json": templates.row_schema(),
        folder / "features" / f"{stem}.py": templates.features(model),
    }


def _relative(folder: Path) -> str:
    """From the YAML to the schema file, so that the editor finds it without a network."""
    import os

    return Path(os.path.relpath(SCHEMA_FILE, folder)).as_posix()


def _refuse_existing(paths: tuple[Path, ...]) -> None:
    from regrow.errors import Refused

    there = [str(path) for path in paths if path.exists()]
    if there:
        raise Refused(f"{', '.join(there)} exists already; nothing was written")


def _editor(settings: Settings) -> dict[Path, str]:
    """The JSON Schema, and the setting that binds it to the pipelines; other settings stay."""
    from regrow.spec.schema import json_schema

    known = json.loads(EDITOR_FILE.read_text(encoding="utf-8")) if EDITOR_FILE.exists() else {}
    bound = {**known.get("yaml.schemas", {}), f"./{SCHEMA_FILE}": f"{settings.pipelines.as_posix()}/*.yaml"}
    return {
        SCHEMA_FILE: json.dumps(json_schema(), indent=2) + "\n",
        EDITOR_FILE: json.dumps({**known, "yaml.schemas": bound}, indent=2) + "\n",
    }
