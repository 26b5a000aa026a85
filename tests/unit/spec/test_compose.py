import pytest

from regrow.spec.compose import compose
from regrow.spec.tree import DEPTH, NODES, Flaw, Node, Place


def read(text: str) -> Node:
    root, flaws = compose(text)
    assert flaws == []
    assert root is not None
    return root


def flaws_of(text: str) -> list[Flaw]:
    return compose(text)[1]


def test_values_are_plain_data_and_know_their_places() -> None:
    root = read("a: 1\nb:\n  - x\n  - {c: true}\n")
    assert root.value == {"a": 1, "b": ["x", {"c": True}]}
    assert root.keys == {"a": Place(1, 1), "b": Place(2, 1)}
    assert root.children["b"].children[1].children["c"].place == Place(4, 9)


def test_a_value_that_is_not_written_lies_at_its_key() -> None:
    root = read("a:\n  b:\n  c: 1\n")
    assert root.value == {"a": {"b": None, "c": 1}}
    assert root.children["a"].children["b"].place == Place(2, 3)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: &x 1\n", Place(1, 4), "anchors"),
        ("a: *x\n", Place(1, 4), "aliases"),
        ("a: !x 1\n", Place(1, 4), "tags"),
        ("a: !!str 1\n", Place(1, 4), "tags"),
        ("&x a: 1\n", Place(1, 1), "anchors"),
        ("a: 1\nb: 2\na: 3\n", Place(3, 1), "twice; first in line 1"),
        ("<<: {a: 1}\n", Place(1, 1), "merge keys"),
        ("a: 1\n---\nb: 2\n", Place(2, 1), "second document"),
        ("%YAML 1.2\n---\na: 1\n", Place(2, 1), "directives"),
        ("? [a]\n: 1\n", Place(1, 3), "a key must be text"),
        ("a: .nan\n", Place(1, 4), "finite"),
        ("a: [1, 2\n", Place(2, 1), "not readable as YAML"),
        ("a: b: c\n", Place(1, 5), "needs quotes"),
        ("a:\n\tb: 1\n", Place(2, 1), "not with tabs"),
        ("", Place(1, 1), "empty"),
        ("# only a comment\n", Place(1, 1), "empty"),
    ],
)
def test_what_is_wrong_with_the_yaml_is_told_with_its_place(text: str, place: Place, words: str) -> None:
    flaws = flaws_of(text)
    assert [flaw.place for flaw in flaws] == [place]
    assert words in flaws[0].message


def test_several_flaws_are_told_at_once() -> None:
    assert [flaw.path for flaw in flaws_of("a: &x 1\nb: !t [*x, 2]\nb: 3\n")] == [("a",), ("b",), ("b", 0), ("b",)]


def test_the_first_of_two_equal_keys_stays() -> None:
    root, _ = compose("a: 1\na: {b: 2}\n")
    assert root is not None
    assert root.value == {"a": 1}


def test_a_quoted_merge_sign_is_a_key_like_any_other() -> None:
    assert read("'<<': 1\n").value == {"<<": 1}


@pytest.mark.parametrize("text", ["[" * DEPTH + "]" * DEPTH, "{a: " * DEPTH + "1" + "}" * DEPTH])
def test_the_deepest_allowed_nesting_is_read(text: str) -> None:
    assert flaws_of(text) == []


@pytest.mark.parametrize("text", ["[" * (DEPTH + 1), "{a: " * (DEPTH + 1), "- " * (DEPTH + 1), "? " * (DEPTH + 1)])
def test_one_level_more_is_refused(text: str) -> None:
    assert any("deeper" in flaw.message or "a key must be text" in flaw.message for flaw in flaws_of(text))


def test_too_many_values_are_refused() -> None:
    root, flaws = compose("[" + "1, " * NODES + "]")
    assert root is None
    assert f"more than {NODES} values" in flaws[0].message
