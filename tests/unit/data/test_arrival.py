from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

from regrow.data.arrival import State, arrival, pending, signature
from regrow.data.port import Listing
from regrow.spec.model import Arrival

POLICY = Arrival(quiet_minutes=10)
T0 = datetime(2013, 2, 9, 6, 0, tzinfo=UTC)


def ns(minutes: float) -> int:
    return int((T0 + timedelta(minutes=minutes)).timestamp()) * 1_000_000_000


def listing(
    partition: str = "2013-02-08",
    rows: tuple[str, ...] = ("flights.csv",),
    marker: float | None = None,
    changed: float = 0.0,
    shared: float | None = None,
) -> Listing:
    files = [(name, 10, ns(changed)) for name in rows]
    files += [("_SUCCESS", 0, ns(marker))] if marker is not None else []
    files += [("../planes.csv", 5, ns(shared))] if shared is not None else []
    return Listing(
        partition=partition,
        files=tuple(sorted(files)),
        rows=tuple(rows),
        marker="_SUCCESS" if marker is not None else "",
    )


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def test_a_partition_with_its_marker_is_whole() -> None:
    found = arrival(listing(marker=1), None, POLICY, at(1))
    assert found.state is State.WHOLE
    assert found.sentence == "2013-02-08 is whole: the marker _SUCCESS is there"
    assert not found.repeated
    assert not found.late


def test_without_a_marker_a_partition_grows_until_it_was_quiet_long_enough() -> None:
    assert arrival(listing(), None, POLICY, at(9.9)).state is State.GROWING
    found = arrival(listing(), None, POLICY, at(10))
    assert found.state is State.WHOLE
    assert found.sentence == "2013-02-08 is whole: nothing changed for 10 min"


def test_a_growing_partition_says_what_it_waits_for() -> None:
    found = arrival(listing(), None, POLICY, at(1))
    assert found.sentence == "2013-02-08 changed 60 s ago, quiet takes 10 min, and the marker _SUCCESS is not there"


def test_a_file_from_the_future_is_not_quiet() -> None:
    found = arrival(listing(changed=60), None, POLICY, at(0))
    assert found.state is State.GROWING
    assert "ahead of this clock" in found.sentence


def test_a_marker_before_any_file_is_empty() -> None:
    found = arrival(listing(rows=(), marker=0), None, POLICY, at(100))
    assert found.state is State.EMPTY
    assert found.sentence == "2013-02-08 has the marker _SUCCESS but no file with rows"


def test_a_folder_without_rows_is_empty() -> None:
    assert arrival(listing(rows=()), None, POLICY, at(100)).state is State.EMPTY


def test_the_same_listing_as_before_is_known() -> None:
    before = listing(marker=1)
    assert arrival(before, signature(before), POLICY, at(1)).state is State.KNOWN


def test_a_marker_that_comes_after_the_quiet_time_changes_nothing() -> None:
    assert arrival(listing(marker=30), signature(listing()), POLICY, at(30)).state is State.KNOWN


def test_a_changed_table_that_all_partitions_share_makes_no_partition_arrive_again() -> None:
    before = signature(listing(marker=1, shared=0))
    assert arrival(listing(marker=1, shared=50), before, POLICY, at(60)).state is State.KNOWN


def test_a_known_partition_with_other_files_is_repeated() -> None:
    found = arrival(listing(marker=31, changed=30), signature(listing()), POLICY, at(31))
    assert found.state is State.WHOLE
    assert found.repeated
    assert "taken before and has changed" in found.sentence


def test_the_old_marker_of_a_known_partition_vouches_for_nothing() -> None:
    found = arrival(listing(marker=1, changed=30), signature(listing()), POLICY, at(31))
    assert found.state is State.GROWING
    assert arrival(listing(marker=1, changed=30), signature(listing()), POLICY, at(40)).state is State.WHOLE


def test_a_renamed_file_is_a_changed_partition() -> None:
    found = arrival(listing(rows=("renamed.csv",), marker=5), signature(listing()), POLICY, at(5))
    assert found.state is State.WHOLE
    assert found.repeated


def test_pending_partitions_come_in_order_and_older_ones_are_late() -> None:
    listings = [listing("2013-02-10", marker=0), listing("2013-02-07", marker=0), listing("2013-02-09", marker=0)]
    listings.append(listing("2013-02-11"))
    known = {"2013-02-09": signature(listings[2])}
    found = pending(listings, known, POLICY, at(1))
    assert [(item.partition, item.arrival.late) for item in found] == [("2013-02-07", True), ("2013-02-10", False)]
    assert found[0].arrival.sentence.endswith("it is late: 2013-02-09 was taken before it")
    assert found[0].signature == signature(listings[1])


def test_deciding_on_arrivals_loads_no_table_library() -> None:
    code = "import sys, regrow.data.arrival; sys.exit('polars' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
