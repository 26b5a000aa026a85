"""Which of the user's own files compute a step: the entry module and its siblings that it imports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from regrow.errors import NotFound, Refused
from regrow.ledger.source import Import, read_source

_RULE = "a step's own modules must lie below its pipeline's folder"


def closure_of_files(entry: Path, root: Path) -> tuple[Path, ...]:
    """The files below `root` (links in it resolved), sorted, that running `entry` runs.

    Followed are imports of modules beside the importing file or at the root, by bare name or relative; all others are
    packages, which the environment hash covers. Raises NotFound for a missing entry, Refused for a file outside of
    `root`, also by a link, UsageError for what is no Python.
    """
    top, found, waiting = root.resolve(), set[Path](), [entry]
    while waiting:
        path = _inside(waiting.pop(), top)
        if path not in found:
            found.add(path)
            waiting += [file for imported in read_source(path).imports for file in _files(imported, path, top)]
    return tuple(sorted(found))


def file_hashes(root: Path) -> dict[str, str]:
    """Path relative to `root`, with forward slashes, to source hash: of every module in a packed folder."""
    return {path.relative_to(root).as_posix(): read_source(path).hash for path in sorted(root.rglob("*.py"))}


def _inside(path: Path, root: Path) -> Path:
    if not path.is_file():
        raise NotFound("module file", str(path))
    if not path.resolve().is_relative_to(root):
        raise Refused(f"{path} lies outside of {root}; {_RULE}")
    return path.parent.resolve() / path.name


def _files(imported: Import, importer: Path, root: Path) -> Iterator[Path]:
    parts = imported.module.split(".") if imported.module else []
    for base in _bases(imported.level, importer, root):
        every = [
            *_along(base, parts),
            *(file for name in imported.names for file in _module(base.joinpath(*parts, name))),
        ]
        if every:
            yield from every
            return


def _bases(level: int, importer: Path, root: Path) -> list[Path]:
    if not level:
        return [importer.parent, root]
    base = importer.parent.resolve()
    for _ in range(level - 1):
        base = base.parent
    if not base.is_relative_to(root):
        raise Refused(
            f"{importer} imports from above {root}; a step's own modules must lie below its pipeline's folder"
        )
    return [base]


def _along(base: Path, parts: list[str]) -> Iterator[Path]:
    """`import a.b` runs a/__init__.py and a/b.py."""
    for length in range(1, len(parts) + 1):
        yield from _module(base.joinpath(*parts[:length]))


def _module(place: Path) -> list[Path]:
    candidates = (place / "__init__.py", place.with_name(f"{place.name}.py"))
    return [path for path in candidates if path.is_file()][:1]
