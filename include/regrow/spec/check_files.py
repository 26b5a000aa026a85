"""Checks of what lies beside the YAML, and of the source's address. Nothing that is found is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from regrow.errors import nearest
from regrow.spec.finding import Finding
from regrow.spec.sources import SourceRefused, allowed_sources, check_source
from regrow.spec.subject import Subject, beside

_MODULE_SIZE = 1024 * 1024
_SCHEMA = ("spec", "data", "validation", "schema")
_MODULE = ("spec", "features", "module")


def name_is_the_files(subject: Subject) -> Iterator[Finding]:
    if subject.path is None:
        return
    wanted = subject.path.stem.replace("_", "-")
    if subject.pipeline.name != wanted:
        message = f"must be named as its file, {wanted!r}, not {subject.pipeline.name!r}"
        yield Finding(("metadata", "name"), message)


def source_is_allowed(subject: Subject) -> Iterator[Finding]:
    try:
        check_source(subject.spec.data.source, subject.settings)
    except SourceRefused as error:
        message = f"{error.source!r} {error.reason}"
        yield Finding(("spec", "data", "source"), message, allowed=allowed_sources(subject.settings))


def schema_is_readable(subject: Subject) -> Iterator[Finding]:
    name = subject.spec.data.validation.row_schema
    if name is None or subject.path is None:
        return
    file = beside(subject.path, name)
    if file is None:
        yield Finding(_SCHEMA, f"{name!r} lies outside of the YAML's folder")
    elif not file.is_file():
        message = f"the file {name!r} is not there; a run needs it"
        yield Finding(_SCHEMA, message, nearest=_near(file, "*.json"), warning=True)
    elif subject.schema_flaw:
        flaw = subject.schema_flaw
        place = f", line {flaw.line}, column {flaw.column}" if flaw.line > 1 else ""
        yield Finding(_SCHEMA, f"{name!r}{place}: {flaw.message}")


def module_is_there(subject: Subject) -> Iterator[Finding]:
    features = subject.spec.features
    if features is None or subject.path is None:
        return
    file = beside(subject.path, features.module)
    if file is None:
        yield Finding(_MODULE, f"{features.module!r} lies outside of the YAML's folder")
    elif not file.is_file():
        yield Finding(_MODULE, f"the file {features.module!r} is not there", nearest=_near(file, "*.py"))
    else:
        yield from _function(file, features.module, features.function)


def _function(file: Path, name: str, function: str) -> Iterator[Finding]:
    try:
        tree = _parsed(file)
    except SyntaxError as error:
        yield Finding(_MODULE, f"{name!r}, line {error.lineno or 1}: {error.msg}")
        return
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        yield Finding(_MODULE, f"{name!r} is not readable as Python ({type(error).__name__})")
        return
    path = ("spec", "features", "function")
    if not _defines(tree, function):
        known = tuple(node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_")
        message = f"{name!r} has no function {function!r}"
        yield Finding(path, message, allowed=known, nearest=nearest(function, known), reads=(_MODULE,))


def _parsed(file: Path) -> ast.Module:
    """Read, never imported."""
    with file.open("rb") as stream:
        raw = stream.read(_MODULE_SIZE + 1)
    if len(raw) > _MODULE_SIZE:
        raise ValueError("too large")
    return ast.parse(raw)


def _defines(tree: ast.Module, name: str) -> bool:
    """True where the module's top level binds the name: by def, an import or an assignment."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return True
        if isinstance(node, ast.Import | ast.ImportFrom) and name in {a.asname or a.name for a in node.names}:
            return True
        if isinstance(node, ast.Assign) and name in {t.id for t in node.targets if isinstance(t, ast.Name)}:
            return True
    return False


def _near(file: Path, pattern: str) -> str | None:
    return nearest(file.name, (found.name for found in file.parent.glob(pattern))) if file.parent.is_dir() else None
