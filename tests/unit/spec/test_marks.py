import pytest

from regrow.spec.marks import MARK, mark, unmark


@pytest.mark.parametrize(
    "text",
    [
        "accuracy: > 0.95\n",
        "accuracy: >= 0.95\n",
        "accuracy: >0.95\n",
        "accuracy: >5\n",
        "accuracy: >5\nnext: 1\n",
        "accuracy: >5\n\n",
        "accuracy: > 0.95  # at least\n",
        "- > 0.95\n",
        "  -   > 3\n",
        "{a: > 1, b: 2}\n",
        "[> 1, >= 2]\n",
        "accuracy: > high\n",
    ],
)
def test_the_sign_of_a_bare_comparison_is_replaced(text: str) -> None:
    marked = mark(text)
    assert MARK in marked
    assert ">" not in marked
    assert unmark(marked) == text


@pytest.mark.parametrize(
    "text",
    [
        "a: >\n  folded\n",
        "a: >-\n  folded\n",
        "a: >+ # why\n  folded\n",
        "a: >2\n    folded\n",
        "a: >2\n\n    folded\n",
        "a: >2-\n    folded\n",
        "- >\n  folded\n",
        "completeness > 0.95\n",
        "a: x > 1\n",
        "a: < 1\n",
    ],
)
def test_a_folded_text_and_a_sign_inside_of_words_stay(text: str) -> None:
    assert mark(text) == text


def test_lines_and_columns_stay_where_they_are() -> None:
    text = "a: > 1\r\nb: {c: >= 2}\n"
    assert [len(line) for line in mark(text).split("\n")] == [len(line) for line in text.split("\n")]
