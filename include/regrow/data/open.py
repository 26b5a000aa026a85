"""From what a spec or a step's parameters say to a source that can be read. Refuses what is not allowed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from regrow.data.folder import FolderSource
from regrow.data.naming import Naming
from regrow.data.port import Reference, Source, as_references
from regrow.errors import Refused, UsageError
from regrow.settings import Settings
from regrow.spec.model import Data


def open_source(data: Data, settings: Settings) -> Source:
    """The spec's source. Raises Refused where it lies outside of the data root and the allowed addresses."""
    references = [Reference(name=item.name, file=item.file, scope=item.scope) for item in data.references]
    return open_address(
        source_address(data.source, settings),
        daily=data.partition == "daily",
        file=data.file,
        references=references,
        marker=data.arrival.marker,
    )


def open_address(
    address: str, *, daily: bool, file: str, references: Iterable[Reference | dict[str, str]], marker: str
) -> Source:
    """An absolute folder or an address that was allowed before. Raises UsageError where nothing here can read it."""
    naming = Naming(pattern=file, marker=marker, references=as_references(references), daily=daily)
    if not Path(address).is_absolute():
        raise UsageError(f"nothing here reads {address}; a source is a folder below the data root")
    return FolderSource(Path(address), naming)


def source_address(source: str, settings: Settings) -> str:
    """The absolute folder, or the address as it stands. Raises Refused."""
    scheme = urlsplit(source).scheme if "://" in source else ""
    if scheme not in ("", "file"):
        if source.startswith(settings.allowed_sources):
            return source
        raise Refused(f"{source} is not among the allowed sources: {_allowed(settings)}")
    folder = (settings.data / (unquote(urlsplit(source).path) if scheme else source)).resolve()
    if folder.is_relative_to(settings.data) or _is_listed(folder, settings):
        return str(folder)
    raise Refused(f"{source} lies outside of the allowed sources: {_allowed(settings)}")


def _is_listed(folder: Path, settings: Settings) -> bool:
    roots = (Path(root.removeprefix("file://")) for root in settings.allowed_sources)
    return any(root.is_absolute() and folder.is_relative_to(root) for root in roots)


def _allowed(settings: Settings) -> str:
    return ", ".join([f"{settings.data} (the data root)", *settings.allowed_sources])
