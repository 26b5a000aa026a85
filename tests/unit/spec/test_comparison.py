import math

import pytest

from regrow.spec.comparison import parse_check, parse_comparison, share_flaw


@pytest.mark.parametrize(
    ("text", "shown", "limit"),
    [
        ("> 0.95", "> 0.95", 0.95),
        (">=95%", ">= 95%", 0.95),
        ("< 100ms", "< 100ms", 0.1),
        ("<= 2 s", "<= 2s", 2.0),
        ("< 1.5h", "< 1.5h", 5400.0),
        (" < 3m ", "< 3m", 180.0),
        ("> 1e-3", "> 1e-3", 0.001),
    ],
)
def test_a_comparison_is_read_in_base_units(text: str, shown: str, limit: float) -> None:
    comparison = parse_comparison(text)
    assert comparison.text == shown
    assert str(comparison) == shown
    assert comparison.limit == pytest.approx(limit)


@pytest.mark.parametrize("text", ["", "0.95", "= 1", "== 1", "> x", "> nan", "> inf", ">> 1", "> 1\n> 2", 5, None])
def test_what_is_no_comparison_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match="write a sign and a number"):
        parse_comparison(text)


def test_a_limit_holds_on_its_side_and_never_for_nan() -> None:
    above, at_most = parse_comparison("> 0.5"), parse_comparison("<= 0.5")
    assert (above.holds(0.6), above.holds(0.5), at_most.holds(0.5), at_most.holds(0.6)) == (True, False, True, False)
    assert not above.holds(math.nan)
    assert not at_most.holds(math.nan)


def test_a_check_has_a_measure_and_may_have_a_column() -> None:
    check = parse_check("completeness( delay )>=80%")
    assert (check.measure, check.argument, check.text) == (
        "completeness",
        "delay",
        "completeness(delay) >= 80%",
    )
    assert parse_check("validity > 0.9").argument is None


@pytest.mark.parametrize("text", ["", "completeness", "> 0.9", "Completeness > 0.9", "a b > 1", "a > b", 1])
def test_what_is_no_check_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="like"):
        parse_check(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("> 0.95", ""),
        (">= 100%", ""),
        ("< 0.1", ""),
        ("> 95", "within 0 and 1"),
        ("< 100ms", "no unit of time"),
        ("> 1", "can never hold"),
        ("< 0", "can never hold"),
    ],
)
def test_a_limit_on_a_share_lies_within_0_and_1(text: str, words: str) -> None:
    flaw = share_flaw(parse_comparison(text))
    assert words in flaw
    assert bool(words) == bool(flaw)
