"""What the checks of a pipeline's meaning look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regrow.spec.model import Pipeline, Spec
from regrow.spec.row_schema import RowSchemaError, load_row_schema

if TYPE_CHECKING:
    from regrow.settings import Settings


@dataclass(frozen=True, slots=True)
class Subject:
    pipeline: Pipeline
    path: Path | None
    """The YAML's; None where there is only a text."""
    settings: Settings
    schema: dict[str, Any] | None = None
    """The row schema, where it is there and right."""
    schema_flaw: RowSchemaError | None = None

    @property
    def spec(self) -> Spec:
        return self.pipeline.spec

    @classmethod
    def of(cls, pipeline: Pipeline, path: Path | None, settings: Settings) -> Subject:
        file = beside(path, pipeline.spec.data.validation.row_schema)
        if file is None or not file.is_file():
            return cls(pipeline, path, settings)
        try:
            return cls(pipeline, path, settings, load_row_schema(file))
        except RowSchemaError as error:
            return cls(pipeline, path, settings, None, error)


def beside(path: Path | None, name: str | None) -> Path | None:
    """A file that the YAML names, resolved; None where it would lie outside of the YAML's folder."""
    if path is None or name is None:
        return None
    folder = path.parent.resolve()
    try:
        found = (folder / name).resolve()
    except (OSError, RuntimeError, ValueError):
        return None
    return found if found.is_relative_to(folder) and found != folder else None
