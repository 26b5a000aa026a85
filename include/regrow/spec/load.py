"""From a pipeline's YAML to a Pipeline, or to every problem at once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from regrow.spec import reading
from regrow.spec.checks import check
from regrow.spec.compose import compose
from regrow.spec.draft import Draft
from regrow.spec.marks import mark
from regrow.spec.model import Pipeline
from regrow.spec.problems import SHOWN, Problem, SpecError
from regrow.spec.repair import repair
from regrow.spec.row_schema import load_row_schema, target_of
from regrow.spec.subject import beside

if TYPE_CHECKING:
    from regrow.settings import Settings

_NO_FILE = "<text>"


@dataclass(frozen=True, slots=True)
class LoadedPipeline:
    path: Path
    text: str
    digest: str
    """SHA-256 of the text in UTF-8, as 64 hex digits."""
    pipeline: Pipeline
    warnings: tuple[Problem, ...] = ()
    """What a person should know and a run may refuse."""

    def row_schema(self) -> dict[str, Any] | None:
        """The row schema beside the YAML, None if the spec names none. RowSchemaError where it is missing or wrong."""
        name = self.pipeline.spec.data.validation.row_schema
        file = beside(self.path, name)
        return load_row_schema(file or self.path.parent / str(name)) if name else None

    def target(self) -> str:
        """What is predicted: the feature module's label, or the row schema's target column."""
        if self.pipeline.spec.features:
            return self.pipeline.spec.features.label
        return target_of(self.row_schema() or {"properties": {}}) or ""


def load_pipeline(path: Path, settings: Settings | None = None) -> LoadedPipeline:
    """Reads and checks a YAML file. SpecError with every problem; NotFound without a file.

    `settings` say where data may come from; by default those of this process.
    """
    draft = Draft(str(path), "")
    try:
        raw = reading.read_bytes(path)
    except OSError as error:
        draft.add_flaw(reading.unreadable(error))
        raise SpecError(draft.problems()) from error
    text, flaw = reading.decode(raw)
    if flaw:
        draft = Draft(str(path), text)
        draft.add_flaw(flaw)
        raise SpecError(draft.problems())
    return parse_pipeline(text, path, settings)


def parse_pipeline(text: str, path: Path | None = None, settings: Settings | None = None) -> LoadedPipeline:
    """As load_pipeline, from a text. Without a path, the file's name and the files beside it are not checked."""
    draft = Draft(str(path) if path else _NO_FILE, text)
    pipeline = _understood(draft, text)
    if pipeline is not None:
        draft.add_findings(check(pipeline, path, settings or _settings()))
    if pipeline is None or draft.broken:
        raise SpecError(draft.problems())
    digest = hashlib.sha256(text.encode()).hexdigest()
    return LoadedPipeline(path or Path(_NO_FILE), text, digest, pipeline, draft.warnings())


def _understood(draft: Draft, text: str) -> Pipeline | None:
    """The pipeline as written, or, after adding what is wrong to the draft, without what is wrong, or None."""
    flaw = reading.limits(text)
    if flaw:
        draft.add_flaw(flaw)
        return None
    root, flaws = compose(mark(text))
    for found in flaws:
        draft.add_flaw(found)
    if root is None:
        return None
    draft.root = root
    try:
        pipeline = Pipeline.model_validate_json(json.dumps(root.value))
    except ValidationError as error:
        draft.add_errors(error.errors(include_url=False))
    if not draft.broken:
        return pipeline
    if len(draft.wrong) > SHOWN:
        return None
    repaired, draft.wrong = repair(root.value, draft.wrong)
    return repaired


def _settings() -> Settings:
    # Imported late: reading settings costs as much as reading ten pipelines.
    from regrow.settings import Settings

    return Settings()
