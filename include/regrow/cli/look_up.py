"""From the name that a person typed to the pipeline or model that they meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from regrow.errors import NotFound

if TYPE_CHECKING:
    from regrow.settings import Settings
    from regrow.spec.load import LoadedPipeline


def spelled(name: str) -> str:
    """Names are DNS labels; people also type the file's name: `flights_delay` is `flights-delay`."""
    return Path(name).stem.replace("_", "-") if name.endswith((".yaml", ".yml")) else name.replace("_", "-")


def pipeline_files(settings: Settings) -> tuple[Path, ...]:
    return tuple(sorted(settings.pipelines.glob("*.yaml")))


def pipeline_file(name: str, settings: Settings) -> Path:
    """A path as it is, or a name below the pipelines' folder. Raises NotFound with the known names."""
    if name.endswith((".yaml", ".yml")):
        if Path(name).is_file():
            return Path(name)
        raise NotFound("pipeline file", name)
    known = {spelled(path.name): path for path in pipeline_files(settings)}
    if spelled(name) not in known:
        raise NotFound("pipeline", name, known)
    return known[spelled(name)]


def pipeline(name: str, settings: Settings) -> LoadedPipeline:
    from regrow.spec.load import load_pipeline

    return load_pipeline(pipeline_file(name, settings))
