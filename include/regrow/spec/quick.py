"""A YAML text's events by libyaml: many times as quick as the pure parser, with the same values and places.

Only for texts with nothing wrong: what libyaml refuses, or reads by other rules, is left to the pure parser, whose
words people know. Nothing is constructed here either; a loader's name is how PyYAML is told which parser to use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from ruamel.yaml import events
from ruamel.yaml.error import YAMLError

# Absent where PyYAML was built without libyaml.
_LIBYAML = getattr(yaml, "CSafeLoader", None)

# Where libyaml is the more lenient of the two: tabs, `"a":b`, `|#`, and blanks alone in a line.
_OTHERWISE = re.compile(r"\t|[\"']:\S|[|>][-+0-9]*#|^ +\r?$", re.MULTILINE)


def can_read(text: str) -> bool:
    """Whether libyaml is there and reads such a text as the pure parser does, or not at all."""
    return _LIBYAML is not None and _OTHERWISE.search(text) is None


def quick_events(text: str) -> Iterator[events.Event]:
    """As the pure parser's, one by one. Raises YAMLError where the text is not readable."""
    try:
        for event in yaml.parse(text, Loader=_LIBYAML):
            yield _translated(event)
    except yaml.YAMLError as error:
        raise YAMLError(str(error)) from error


def _translated(event: Any) -> events.Event:
    name = type(event).__name__
    found: events.Event = getattr(events, name)(*_values(event, name), **_options(event, name))
    return found


def _values(event: Any, name: str) -> tuple[Any, ...]:
    if name == "ScalarEvent":
        return event.anchor, event.tag, event.implicit, event.value
    if name in ("MappingStartEvent", "SequenceStartEvent"):
        return event.anchor, event.tag, event.implicit
    return (event.anchor,) if name == "AliasEvent" else ()


def _options(event: Any, name: str) -> dict[str, Any]:
    marks = {"start_mark": event.start_mark, "end_mark": event.end_mark}
    if name == "ScalarEvent":
        return {**marks, "style": event.style or None}
    if name == "DocumentStartEvent":
        return {**marks, "version": event.version, "tags": event.tags}
    return marks
