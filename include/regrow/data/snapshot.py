"""The step that takes a partition out of its source: bytes as they are, and only if nothing moved meanwhile.

A reference that is not there is not this step's to refuse: the data gate names it and refuses the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from regrow.data.open import open_address
from regrow.data.port import WHOLE_SOURCE, Listing
from regrow.errors import Transient
from regrow.steps.contract import StepContext, StepOutcome


def run(context: StepContext) -> StepOutcome:
    """Writes rows/, references/<name>/ and arrival.json. Raises Transient where the source still changes."""
    params = context.params
    partition = str(params["partition"])
    source = open_address(
        str(params["source"]),
        daily=partition != WHOLE_SOURCE,
        file=str(params["file"]),
        references=params.get("references") or (),
        marker=str(params.get("marker") or "_SUCCESS"),
    )
    listing = source.listing(partition)
    _refuse_difference(partition, params.get("listing"), listing)
    (context.out / "rows").mkdir(parents=True)
    source.read(partition, context.out, listing)
    _refuse_difference(partition, [list(entry) for entry in listing.files], source.listing(partition))
    names = [str(item["name"]) for item in params.get("references") or ()]
    missing = [name for name in names if not (context.out / "references" / name).is_dir()]
    _write_arrival(context.out, listing.marker, missing)
    return _outcome(listing)


def _refuse_difference(partition: str, before: Sequence[Any] | None, after: Listing) -> None:
    """`before`: [name, bytes, nanoseconds] each, as the arrival check saw them; None: nobody looked."""
    if before is None:
        return
    old = {(str(name), int(size), int(changed)) for name, size, changed in before}
    different = sorted({name for name, _, _ in old ^ set(after.files)})
    if different:
        raise Transient(f"{partition} still changes: {', '.join(different)}; it is taken once its source is at rest")


def _write_arrival(out: Path, marker: str, missing: list[str]) -> None:
    arrived = None
    if marker and (out / marker).exists():
        arrived = arrival_time((out / marker).read_bytes())
        (out / marker).unlink()
    told = {"arrived_at": arrived.isoformat() if arrived else None, "missing": missing}
    (out / "arrival.json").write_bytes(orjson.dumps(told))


def arrival_time(marker: bytes) -> datetime | None:
    """The marker's text where it is an ISO time, in UTC; a time without an offset is UTC."""
    try:
        found = datetime.fromisoformat(marker.decode("ascii").strip())
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _outcome(listing: Listing) -> StepOutcome:
    size = sum(entry[1] for entry in listing.files if entry[0] != listing.marker)
    files = sum(entry[0] != listing.marker for entry in listing.files)
    beside = files - len(listing.rows)
    reason = f"{listing.partition}: {len(listing.rows)} files with rows, {beside} beside them, {size:,} bytes"
    return StepOutcome(reason, facts={"partition": listing.partition, "files": files, "bytes": size})
