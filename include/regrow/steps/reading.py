"""Small files out of the store."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from regrow.store.port import Store


def read_json(store: Store, digest: str, name: str) -> Any:
    """The JSON file `name` of the manifest `digest`, checked against its hash. Raises NotFound, Corrupt."""
    with TemporaryDirectory(prefix="regrow-read-") as folder:
        return orjson.loads((store.fetch(digest, Path(folder), (name,)) / name).read_bytes())
