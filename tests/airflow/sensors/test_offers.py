"""Which partitions are handed out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from regrow_airflow.sensors.offers import AGAIN, BATCH, hand_out

NOW = datetime(2024, 1, 5, 12, tzinfo=UTC)


def offered(signature: str, ago: timedelta) -> tuple[str, str]:
    return (signature, (NOW - ago).isoformat())


def test_what_waits_is_handed_out_oldest_first() -> None:
    found = hand_out({"2024-01-02": "b", "2024-01-01": "a"}, {}, NOW)
    assert found.now == ("2024-01-01", "2024-01-02")
    assert found.offers == {"2024-01-01": ("a", NOW.isoformat()), "2024-01-02": ("b", NOW.isoformat())}
    assert (found.later, found.again_at) == ((), "")


def test_what_was_offered_a_moment_ago_waits_while_the_others_go_on() -> None:
    offers = {"2024-01-01": offered("a", timedelta(minutes=5))}
    found = hand_out({"2024-01-01": "a", "2024-01-02": "b"}, offers, NOW)
    assert found.now == ("2024-01-02",)
    assert found.later == ("2024-01-01",)
    assert found.again_at == (NOW + AGAIN - timedelta(minutes=5)).isoformat()
    assert found.offers["2024-01-01"] == offers["2024-01-01"]


def test_what_was_offered_long_ago_is_offered_again() -> None:
    assert hand_out({"2024-01-01": "a"}, {"2024-01-01": offered("a", AGAIN)}, NOW).now == ("2024-01-01",)


def test_what_changed_since_is_offered_at_once() -> None:
    assert hand_out({"2024-01-01": "new"}, {"2024-01-01": offered("old", timedelta(0))}, NOW).now == ("2024-01-01",)


def test_a_handout_is_bounded_and_what_is_judged_is_forgotten() -> None:
    found = hand_out({f"{number:04d}": "s" for number in range(BATCH + 5)}, {"gone": offered("s", timedelta(0))}, NOW)
    assert len(found.now) == BATCH
    assert found.now[-1] == f"{BATCH - 1:04d}"
    assert "gone" not in found.offers
