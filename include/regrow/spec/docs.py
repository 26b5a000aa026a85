"""The docstrings of the models' fields, read from their source when somebody asks."""

from __future__ import annotations

import ast
import copy
import inspect
from functools import cache

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from regrow.spec import model as models


def docs_of(model: type[BaseModel]) -> dict[str, str]:
    """By the field's name in Python; one line each."""
    return _all().get(model.__name__, {})


def described(model: type[BaseModel], name: str) -> FieldInfo:
    """The field with its docstring as description."""
    info = copy.copy(model.model_fields[name])
    info.description = docs_of(model).get(name)
    return info


@cache
def _all() -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(models))
    return {node.name: _fields(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _fields(section: ast.ClassDef) -> dict[str, str]:
    """A text right below a field is its docstring."""
    found = {}
    for field, after in zip(section.body, section.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[ast.unparse(field.target)] = " ".join(str(after.value.value).split())
    return found
