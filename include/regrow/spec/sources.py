"""Where a pipeline may read from: the data root, and the addresses that this deployment allows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from regrow.errors import UsageError

if TYPE_CHECKING:
    from regrow.settings import Settings

_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):")
_FOLDER = re.compile(r"[A-Za-z0-9_./ =@+-]+")
_ADDRESS = re.compile(r"[a-z0-9]+://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9_.=-]+)*/?")


class SourceRefused(UsageError):
    code = "source_refused"

    def __init__(self, *, source: str, reason: str, allowed: tuple[str, ...]) -> None:
        super().__init__(
            f"the source {source!r} {reason}; allowed: {', '.join(allowed)}",
            source=source,
            reason=reason,
            allowed=allowed,
        )
        self.source, self.reason, self.allowed = source, reason, allowed


def check_source(source: str, settings: Settings) -> str:
    """The absolute folder or the address that a source means. SourceRefused if it is outside of what is allowed.

    Relative paths and file:// start at the data root and, symbolic links resolved, must lie below it or below a folder
    that `allowed_sources` lists. It need not exist.
    """
    scheme = _SCHEME.match(source)
    if scheme is None or source.startswith("file://"):
        return str(_folder(source, settings))
    if not any(_below(source, prefix) for prefix in settings.allowed_sources):
        raise _refused(source, settings, "is not allowed in this deployment")
    if ".." in source.split("/") or not _ADDRESS.fullmatch(source):
        raise _refused(source, settings, "is not a plain address of a bucket and a prefix")
    return source


def allowed_sources(settings: Settings) -> tuple[str, ...]:
    """What a source may be, in words."""
    return ("a folder below the data root", "file:// below the data root", *settings.allowed_sources)


def _folder(source: str, settings: Settings) -> Path:
    path = source.removeprefix("file://")
    if path != source and not path.startswith("/"):
        raise _refused(source, settings, "names a host; a file's address starts with file:///")
    if not _FOLDER.fullmatch(path):
        raise _refused(source, settings, "is not a plain folder's path")
    root = settings.data
    try:
        found = (root / path).resolve()
    except (OSError, RuntimeError) as error:
        raise _refused(source, settings, f"cannot be resolved ({type(error).__name__})") from error
    if not any(found.is_relative_to(folder) for folder in (root, *_listed_folders(settings))):
        raise _refused(source, settings, "lies outside of the data root")
    return found


def _listed_folders(settings: Settings) -> tuple[Path, ...]:
    listed = (Path(entry.removeprefix("file://")) for entry in settings.allowed_sources)
    return tuple(folder.resolve() for folder in listed if folder.is_absolute())


def _below(source: str, prefix: str) -> bool:
    return source == prefix.rstrip("/") or source.startswith(prefix if prefix.endswith("/") else f"{prefix}/")


def _refused(source: str, settings: Settings, reason: str) -> SourceRefused:
    return SourceRefused(source=source, reason=reason, allowed=allowed_sources(settings))
