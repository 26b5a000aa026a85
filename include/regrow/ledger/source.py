"""What of a source file computes: its syntax tree without docstrings and comments."""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path

from regrow.errors import UsageError


@dataclass(frozen=True)
class Import:
    """`import a.b` has module `a.b` and no names; `from .a import b` has level 1, module `a` and the name `b`."""

    module: str
    names: tuple[str, ...] = ()
    level: int = 0


@dataclass(frozen=True)
class Source:
    hash: str
    """SHA-256 over the code: wording a docstring or a comment leaves it as it is."""
    imports: tuple[Import, ...]
    """Wherever they stand in the file, those for type checkers left out."""
    is_empty: bool
    is_registry: bool
    """Its top level builds a Registry: names that point at code, loaded when asked for."""


_known: dict[tuple[Path, int, int], Source] = {}


def read_source(path: Path) -> Source:
    """Parsed once for as long as the file's time and size stay. Raises UsageError for what is no Python."""
    found = path.stat()
    key = (path, found.st_mtime_ns, found.st_size)
    if key not in _known:
        _known[key] = _parse(path)
    return _known[key]


def _parse(path: Path) -> Source:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{path} is no Python: {error}") from error
    is_registry = any(_builds_registry(statement) for statement in tree.body)
    imports = tuple(_imports(tree))
    bare = ast.fix_missing_locations(_Bare().visit(tree))
    code = ast.unparse(bare)
    return Source(hashlib.sha256(code.encode()).hexdigest(), imports, not tree.body, is_registry)


def _builds_registry(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or not isinstance(statement.value, ast.Call):
        return False
    called = statement.value.func
    return (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) == "Registry"


class _Bare(ast.NodeTransformer):
    """Leaves out texts that stand alone: docstrings of modules, classes, functions and fields."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text else node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.body:
            node.body = [ast.Pass()]
        return node


def _imports(node: ast.AST) -> list[Import]:
    if isinstance(node, ast.Import):
        return [Import(alias.name) for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [Import(node.module or "", tuple(alias.name for alias in node.names), node.level)]
    children = node.orelse if _is_for_type_checkers(node) else ast.iter_child_nodes(node)  # type: ignore[attr-defined]
    return [found for child in children for found in _imports(child)]


def _is_for_type_checkers(node: ast.AST) -> bool:
    if not isinstance(node, ast.If):
        return False
    name = node.test.attr if isinstance(node.test, ast.Attribute) else getattr(node.test, "id", "")
    return name == "TYPE_CHECKING"
