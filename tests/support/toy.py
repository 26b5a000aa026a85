"""A pipeline that runs in seconds: parcels by day, late or not, with two small families of models."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from regrow.settings import Settings

YAML = """\
apiVersion: mlops.io/v1
kind: EnhancedPipeline
metadata:
  name: toy-parcels
  description: Will a parcel be late?
  owner: tests
spec:
  data:
    source: toy-parcels/
    partition: daily
    file: parcels.csv
    key: [id]
    time_column: sent
    arrival: {quiet_minutes: 0, poll_seconds: 0.2}
    validation:
      schema: toy_parcels_schema.json
      quality_checks:
        - completeness > 0.95
        - validity > 0.8
      max_quarantined: 0.2
      min_rows: 10
  features:
    module: features/toy_parcels.py
    label: late
    time_column: sent
    key: [id]
  algorithms:
    - name: logistic_regression
      hyperparameters: {C: [0.1, 1.0]}
    - name: lightgbm
      hyperparameters: {n_estimators: 20, num_leaves: [4, 8]}
  training:
    search: {kind: grid, rounds: 1}
    parallel: 2
  selection:
    require: {roc_auc: "> 0.55"}
  retrain: {every: partition, min_partitions: 3}
"""

SCHEMA = """\
{
  "type": "object",
  "additionalProperties": false,
  "required": ["id", "sent", "depot", "weight", "distance", "late"],
  "properties": {
    "id": {"type": "integer"},
    "sent": {"type": "string", "format": "date-time"},
    "depot": {"enum": ["east", "west"]},
    "weight": {"type": "number", "minimum": 0},
    "distance": {"type": "number", "minimum": 0},
    "late": {"type": "integer", "enum": [0, 1]}
  }
}
"""

FEATURES = '''\
"""Features of a parcel."""

import polars as pl


def build(rows, references):
    return rows.select(
        "id", "sent", "depot", "weight", "distance",
        (pl.col("weight") * pl.col("distance")).alias("effort"),
        "late",
    )
'''

FIRST = date(2024, 1, 1)


class Toy:
    """A project folder with the pipeline, a home and a data root below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pipelines = root / "pipelines"
        (self.pipelines / "features").mkdir(parents=True)
        self.yaml = self.pipelines / "toy_parcels.yaml"
        self.yaml.write_text(YAML)
        (self.pipelines / "toy_parcels_schema.json").write_text(SCHEMA)
        (self.pipelines / "features" / "toy_parcels.py").write_text(FEATURES)
        self.settings = Settings(home=root / "home", data_root=root / "data", pipelines=self.pipelines)
        self.source = root / "data" / "toy-parcels"
        self.source.mkdir(parents=True)

    def arrive(self, days: Iterable[int], rows: int = 120, bad: int = 0) -> list[str]:
        """Write partitions, marker last; `bad` rows of each have no weight."""
        return [self._day(FIRST + timedelta(days=day), rows, bad) for day in days]

    def _day(self, day: date, rows: int, bad: int) -> str:
        folder = self.source / day.isoformat()
        folder.mkdir(exist_ok=True)
        lines = ["id,sent,depot,weight,distance,late", *_rows(day, rows, bad)]
        (folder / "parcels.csv").write_text("\n".join(lines) + "\n")
        (folder / "_SUCCESS").write_text(f"{day + timedelta(days=1)}T00:30:00+00:00")
        return day.isoformat()


def _rows(day: date, rows: int, bad: int) -> Iterable[str]:
    draw = random.Random(day.toordinal())
    for number in range(rows):
        weight, distance = round(draw.uniform(0.1, 30), 2), round(draw.uniform(1, 500), 1)
        depot = draw.choice(["east", "west"])
        effort = weight * distance / 4000 + (0.8 if depot == "west" else 0.0) - 1.2
        late = int(draw.random() < 1 / (1 + math.exp(-1.5 * effort)))
        identity = day.toordinal() * 1000 + number
        shown = "" if number < bad else weight
        yield f"{identity},{day}T{number % 24:02d}:{number % 60:02d}:00Z,{depot},{shown},{distance},{late}"
