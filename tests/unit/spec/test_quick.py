from __future__ import annotations

import pytest
from ruamel.yaml.error import YAMLError

from regrow.spec.compose import compose, composed, pure_events
from regrow.spec.quick import can_read, quick_events
from regrow.spec.tree import Place

TEXT = """\
# a comment
word: plain text
number: 012
empty:
quoted: 'it''s'
double: "tab \\t é"
block: |
  two
  lines
folded: >-
  one
  line
flow: {a: [1, two, "3"], b: {}}
list:
- x
- - y
  - {c: true}
"""


def test_values_and_places_are_the_pure_parsers() -> None:
    assert can_read(TEXT)
    root, flaws = composed(quick_events(TEXT))
    assert (root, flaws) == composed(pure_events(TEXT))
    assert root is not None
    assert root.value["flow"] == {"a": [1, "two", "3"], "b": {}}
    assert root.children["flow"].children["a"].children[1].place == Place(13, 15)


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x\n", "a: !x 1\n", "%YAML 1.2\n---\na: 1\n", "a: 1\n---\nb: 2\n"])
def test_what_a_spec_may_not_hold_is_seen_all_the_same(text: str) -> None:
    messages = [flaw.message for flaw in composed(pure_events(text))[1]]
    assert messages
    assert [flaw.message for flaw in composed(quick_events(text))[1]] == messages


@pytest.mark.parametrize("text", ["a:\t1\n", "a\tb: 1\n", '{"a":b}', "a: |#\n  b\n", "a: |\n   \n  b\n"])
def test_what_libyaml_reads_by_other_rules_is_left_to_the_pure_parser(text: str) -> None:
    assert not can_read(text)


def test_what_is_not_readable_raises_the_pure_parsers_error() -> None:
    with pytest.raises(YAMLError):
        list(quick_events("a: [1\n"))


def test_without_libyaml_the_pure_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    before = compose(TEXT)
    monkeypatch.setattr("regrow.spec.quick._LIBYAML", None)
    assert not can_read(TEXT)
    assert compose(TEXT) == before
    assert before[0] is not None
    assert before[0].keys["flow"] == Place(13, 1)
