"""A team's feature module, run where it lies and told about in its own terms.

The module gets a name of its own and its folder is importable only while it runs, so that two pipelines may both have
a `helpers.py`. What it raises comes back as one sentence with its file and line.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from regrow.errors import RegrowError, nearest

MODULE_NAME = "regrow_feature_module"


def call_user_function(
    entry: Path, function: str, rows: pl.DataFrame, references: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """The data frame that `function` of the file `entry` makes; raises RegrowError naming file, line and message."""
    with _importable(entry.parent), _told_in_words(entry):
        made = _function(entry, function)(rows, dict(references))
    if isinstance(made, pl.LazyFrame):
        with _told_in_words(entry):
            made = made.collect()
    if not isinstance(made, pl.DataFrame):
        raise RegrowError(f"{entry.name}: {function} returned {type(made).__name__}, not a polars DataFrame")
    return made


def _function(entry: Path, name: str) -> Callable[..., Any]:
    specification = importlib.util.spec_from_file_location(MODULE_NAME, entry)
    if specification is None or specification.loader is None:
        raise RegrowError(f"{entry.name} is not a Python file")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    found = getattr(module, name, None)
    if callable(found):
        return found  # type: ignore[no-any-return]
    functions = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
    guess = nearest(name, functions)
    raise RegrowError(f"{entry.name} has no function {name!r}" + (f"; did you mean {guess!r}?" if guess else ""))


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    before, wrote = set(sys.modules), sys.dont_write_bytecode
    sys.path.insert(0, str(folder))
    # The folder may be a read-only part of the store.
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = wrote
        for name in set(sys.modules) - before:
            if _lies_in(sys.modules[name], folder):
                del sys.modules[name]


def _lies_in(module: object, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    return bool(file) and Path(str(file)).is_relative_to(folder)


@contextmanager
def _told_in_words(entry: Path) -> Iterator[None]:
    try:
        yield
    except RegrowError:
        raise
    except (Exception, SystemExit) as error:
        file, line = _where(error, entry)
        what = str(error) or "no message"
        raise RegrowError(
            f"the feature module failed in {file}, line {line}: {type(error).__name__}: {what}", file=file, line=line
        ) from error


def _where(error: BaseException, entry: Path) -> tuple[str, int]:
    """The innermost line of the team's own files; a syntax error says its place itself."""
    if isinstance(error, SyntaxError) and error.filename:
        return Path(error.filename).name, error.lineno or 0
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(entry.parent)]
    return (Path(frames[-1].filename).name, frames[-1].lineno or 0) if frames else (entry.name, 0)
