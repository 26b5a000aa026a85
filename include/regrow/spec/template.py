"""A YAML with every field: what is needed switched on, the rest commented out, with an example or its default."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from regrow.spec.docs import docs_of
from regrow.spec.fields import choices_of, item_of, model_of, written
from regrow.spec.model import Pipeline, Spec
from regrow.spec.wording import in_yaml

_WIDTH = 100
_HEAD = """\
# Every field of a pipeline. `# ` starts a comment; where # touches a word, a field is switched off:
# remove the # to use it, together with the ones of the lines that it belongs to.
"""


def template() -> str:
    """Valid as it stands, and with every field switched on, but for files that it names."""
    return _HEAD + "\n".join(_section(Pipeline, "", off=False)) + "\n"


def _section(model: type[BaseModel], indent: str, *, off: bool) -> Iterator[str]:
    for name, info in model.model_fields.items():
        yield from _comment(docs_of(model).get(name, ""), indent, info)
        needed = info.is_required() or (model, name) == (Spec, "features")
        yield from _field(written(name, info), info, indent, off=off or not needed)


def _comment(text: str, indent: str, info: FieldInfo) -> list[str]:
    choices = choices_of(info.annotation)
    words = f" One of {', '.join(choices)}." if len(choices) > 1 else ""
    mark = f"{indent}# "
    return textwrap.wrap(f"{text}{words}", _WIDTH, initial_indent=mark, subsequent_indent=mark, break_long_words=False)


def _field(name: str, info: FieldInfo, indent: str, *, off: bool) -> Iterator[str]:
    mark = "#" if off else ""
    section, item = model_of(info.annotation), item_of(info.annotation)
    items = model_of(item) if item is not None else None
    if section:
        yield f"{indent}{mark}{name}:"
        yield from _section(section, f"{indent}  ", off=off)
    elif items:
        yield f"{indent}{mark}{name}:"
        yield from _with_dash(_section(items, f"{indent}    ", off=off), indent, mark)
    else:
        yield f"{indent}{mark}{name}: {in_yaml(_shown(info))}"


def _with_dash(lines: Iterator[str], indent: str, mark: str) -> Iterator[str]:
    """The first field of an item carries the dash."""
    waiting = True
    for line in lines:
        if waiting and not line.lstrip().startswith("# "):
            waiting = False
            yield f"{indent}  {mark}- {line.strip().removeprefix('#')}"
        else:
            yield line.removeprefix("  ") if waiting else line


def _shown(info: FieldInfo) -> object:
    if info.examples:
        return info.examples[0]
    return choices_of(info.annotation)[0] if info.is_required() else info.default
