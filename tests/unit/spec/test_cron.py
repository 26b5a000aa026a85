import pytest

from regrow.spec.cron import cron_flaw


@pytest.mark.parametrize(
    "text",
    [
        "0 4 * * 1",
        "*/15 * * * *",
        "0-30/10 1,13 1 jan-mar mon-fri",
        "59 23 31 12 7",
        "@daily",
        "@weekly",
        "0  4 * * SUN",
    ],
)
def test_a_right_cron_expression_passes(text: str) -> None:
    assert cron_flaw(text) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has 0"),
        ("0 4 * *", "has 4"),
        ("0 0 4 * * 1", "has 6"),
        ("60 4 * * 1", "minute '60'"),
        ("0 24 * * 1", "hour '24'"),
        ("0 4 0 * 1", "day of month '0'"),
        ("0 4 * 13 1", "month '13'"),
        ("0 4 * * 8", "day of week '8'"),
        ("5-1 4 * * 1", "minute '5-1'"),
        ("*/0 * * * *", "minute '*/0'"),
        ("*/99 * * * *", "minute '*/99'"),
        ("a b c d e", "minute 'a'"),
        ("1,,2 * * * *", "minute '1,,2'"),
        ("1-2-3 * * * *", "minute '1-2-3'"),
        ("٣ * * * *", "minute"),
        ("$(id) * * * *", "minute"),
        ("@often", "has 1"),
    ],
)
def test_a_wrong_cron_expression_names_its_field(text: str, words: str) -> None:
    assert words in cron_flaw(text)
