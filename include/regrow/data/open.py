"""From what a spec or a step's parameters say to a source that can be read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from regrow.data.folder import FolderSource
from regrow.data.naming import Naming
from regrow.data.port import Reference, Source, as_references
from regrow.errors import UsageError
from regrow.settings import Settings
from regrow.spec.model import Data
from regrow.spec.sources import check_source


def open_source(data: Data, settings: Settings) -> Source:
    """The spec's source. Raises SourceRefused where it lies outside of the data root and the allowed addresses."""
    references = [Reference(name=item.name, file=item.file, scope=item.scope) for item in data.references]
    return open_address(
        check_source(data.source, settings),
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
