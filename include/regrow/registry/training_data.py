"""How many rows a model was fitted on, and one of them as a client would send it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from regrow.frozen import Frozen
from regrow.store.port import Store
from regrow.training.table import FeatureColumn, TableSpec


class Fitted(Frozen):
    rows: int
    example: dict[str, Any]
    """The first row: feature name to number or category, None where missing."""


def fitted(store: Store, split: str, table: TableSpec) -> Fitted:
    """From the split's manifest. Raises NotFound, Corrupt."""
    import polars

    with TemporaryDirectory(prefix="regrow-fitted-") as folder:
        path = store.fetch(split, Path(folder), ("train.parquet",)) / "train.parquet"
        rows = polars.scan_parquet(path, glob=False)
        first = rows.head(1).collect().to_dicts()
        count = int(rows.select(polars.len()).collect().item())
    row = first[0] if first else {}
    return Fitted(
        rows=count, example={feature.name: _value(feature, row.get(feature.name)) for feature in table.features}
    )


def _value(feature: FeatureColumn, coded: float | None) -> Any:
    if coded is None or coded != coded:  # NaN
        return None
    return coded if feature.kind == "numeric" else feature.categories[int(coded)]
