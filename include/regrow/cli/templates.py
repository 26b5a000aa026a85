"""What `regrow init` writes: a pipeline that is valid as it stands, with a comment for each decision to be made."""

from __future__ import annotations

import json

PIPELINE = """\
# yaml-language-server: $schema={schema}
# One YAML: one served model. Check it with: regrow validate {file}
# What a field means: regrow explain spec.training.search
apiVersion: mlops.io/v1
kind: EnhancedPipeline
metadata:
  name: {name}                # the model's and the DAG's name; the file is called the same
  description: What it predicts, for whom.
  owner: who-answers-for-it
spec:
  data:
    source: {name}            # a folder below the data root: <home>/data/{name}/YYYY-MM-DD/*.csv
    partition: daily          # or none: the folder itself is the one batch
    key: [id]                 # columns that tell one row from every other
    time_column: happened_at  # with it, training never sees what comes after the test rows
    validation:
      schema: {stem}_schema.json
      quality_checks:         # a batch that breaks one is refused, and the champion stays
        - completeness > 0.95
        - validity > 0.98
        - uniqueness > 0.999
      max_quarantined: 0.05
  features:
    module: features/{stem}.py
    label: label
    time_column: happened_at
    key: [id]
  algorithms:                 # a list or a range is searched, a value is fixed
    - name: logistic_regression
      hyperparameters: {{C: [0.1, 1.0, 10.0]}}
    - name: lightgbm
      hyperparameters:
        num_leaves: {{low: 15, high: 63}}
        learning_rate: {{low: 0.03, high: 0.15, log: true}}
      search: {{kind: random, trials: 6}}
  training: {{metric: roc_auc, seed: 1}}
  selection:
    require: {{roc_auc: "> 0.6"}}   # even the first model must reach this
  retrain: {{every: week, min_partitions: 7}}
"""

FEATURES = '''\
"""Features of {name}. Runs inside of steps only, once for each partition."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl


def build(rows: pl.DataFrame, references: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row in, one row out: the features, and the columns `label`, `happened_at` and `id` that the YAML names.

    Use only what is known when a prediction is asked for; a feature that all but equals the label is warned of.
    """
    return rows.select("id", "happened_at", "amount", "label")
'''

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "One row",
    "type": "object",
    "required": ["id", "happened_at", "label"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "happened_at": {"type": "string", "format": "date-time"},
        "amount": {"type": ["number", "null"], "minimum": 0},
        "label": {"type": "integer", "minimum": 0, "maximum": 1},
    },
}


def pipeline(name: str, file: str, schema: str) -> str:
    return PIPELINE.format(name=name, stem=name.replace("-", "_"), file=file, schema=schema)


def features(name: str) -> str:
    return FEATURES.format(name=name)


def row_schema() -> str:
    return json.dumps(SCHEMA, indent=2) + "\n"
