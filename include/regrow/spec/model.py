"""The pipeline spec: what a team writes for one model. From these models come validation, JSON Schema and reference.

Each field's docstring is its reference text (see docs.py).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from regrow.frozen import Frozen
from regrow.spec.comparison import Check, Comparison, parse_check, parse_comparison
from regrow.spec.space import Space, parse_space

NAME_PATTERN = r"^[a-z0-9](-?[a-z0-9]){0,52}$"
COLUMN_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]{0,127}$"
FILE_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9 _.=-]{0,299}$"
FILES_PATTERN = r"^[A-Za-z0-9_*?][A-Za-z0-9 _.*?=-]{0,299}$"
MODULE_PATTERN = r"^[A-Za-z0-9_-][A-Za-z0-9_./-]*\.py$"
FUNCTION_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
QUANTITY_PATTERN = r"^[0-9]{1,6}(\.[0-9]{1,3})?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$"

PATTERNS = {
    NAME_PATTERN: "a name of lower-case letters, digits and single dashes, at most 53, like 'flights-delay'",
    COLUMN_PATTERN: "a column's name: letters, digits and _, not starting with a digit",
    FILE_PATTERN: "a file's name: letters, digits, blanks and _ . = -, without folders",
    FILES_PATTERN: "a file's name or a pattern with * and ?, without folders",
    MODULE_PATTERN: "a Python file's path relative to the YAML, like 'flights_features.py'",
    FUNCTION_PATTERN: "a Python function's name",
    QUANTITY_PATTERN: "an amount as Kubernetes writes it, like '500m' or '4Gi'",
}
"""What each pattern means, in words."""


def _keep(kind: type, parse: Any) -> BeforeValidator:
    return BeforeValidator(lambda value: value if isinstance(value, kind) else parse(value))


_as_text = PlainSerializer(lambda value: value.text, return_type=str)

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Quantity = Annotated[str, Field(pattern=QUANTITY_PATTERN)]
Column = Annotated[str, Field(pattern=COLUMN_PATTERN)]
Limit = Annotated[
    Comparison,
    _keep(Comparison, parse_comparison),
    _as_text,
    WithJsonSchema({"type": "string", "pattern": r"^\s*(>=|<=|>|<)\s*[0-9.eE+-]+\s*(%|ms|s|m|h)?\s*$"}),
]
QualityCheck = Annotated[
    Check,
    _keep(Check, parse_check),
    _as_text,
    WithJsonSchema({"type": "string", "pattern": r"^\s*[a-z][a-z0-9_]*\s*(\([^()]*\))?\s*(>=|<=|>|<)\s*\S+\s*$"}),
]
Hyperparameter = Annotated[
    Space,
    _keep(Space, parse_space),
    PlainSerializer(lambda value: value.written(), return_type=Any),
    WithJsonSchema({"description": "A fixed value, a list of values, or a range: {low, high, log, step}."}),
]


class Section(Frozen):
    """A mapping in the YAML. Built when first used and without reading its docstrings: every program imports these."""

    model_config = ConfigDict(defer_build=True, use_attribute_docstrings=False)


class Metadata(Section):
    name: Name = Field(examples=["flights-delay"])
    """The pipeline's and the model's name: a DNS label, also the DAG's id. The file is called the same."""
    description: str = Field(default="", max_length=2000, examples=["Will a flight arrive more than 15 minutes late?"])
    """What the model is for; shown in Airflow and MLflow."""
    owner: str = Field(default="", max_length=200, examples=["operations"])
    """Who answers for it: a team or a person."""
    labels: dict[str, str] = Field(default={}, max_length=32, examples=[{"tier": "2"}])
    """Free marks, copied to MLflow's tags."""


class Arrival(Section):
    marker: str = Field(default="_SUCCESS", pattern=FILE_PATTERN, max_length=100)
    """A partition is whole as soon as a file of this name lies in it."""
    quiet_minutes: float = Field(default=10.0, ge=0, le=10080)
    """Without a marker, a partition is whole when nothing in it changed for so long."""
    poll_seconds: float = Field(default=30.0, ge=0.2, le=3600)
    """How often the trigger looks."""


class Reference(Section):
    name: Name = Field(examples=["weather"])
    """What features and checks call it."""
    file: str = Field(pattern=FILE_PATTERN, examples=["weather.csv"])
    """A file beside the data: in each partition, or at the source's top."""
    scope: Literal["partition", "source"] = "partition"
    """`partition`: one file in each partition; `source`: one file for all."""


class Rule(Section):
    name: Name = Field(examples=["air-time-fits-distance"])
    """What a refused row's reason calls it."""
    expression: str = Field(min_length=1, max_length=500, examples=["air_time <= distance / 3"])
    """Over the row's columns, with and, or, not, comparisons and arithmetic: `air_time <= distance / 3`."""


class Accuracy(Section):
    reference: Name = Field(examples=["weather"])
    """A reference by name."""
    match: tuple[Column, ...] = Field(min_length=1, max_length=8, examples=[["origin", "hour"]])
    """Columns that find the row in the reference."""
    agree: tuple[Column, ...] = Field(min_length=1, max_length=32, examples=[["wind_speed"]])
    """Columns that must then have the reference's values."""


class Timeliness(Section):
    column: Column = Field(examples=["time_hour"])
    """When the row happened: a date, or a time in ISO 8601."""
    max_age_hours: float = Field(gt=0, le=87600, examples=[48])
    """How old a row may be when its partition arrives."""


class Validation(Section):
    row_schema: str | None = Field(default=None, alias="schema", max_length=300, examples=["flights-schema.json"])
    """A JSON Schema file for one row, beside the YAML. Rows that break it are quarantined."""
    quality_checks: tuple[QualityCheck, ...] = Field(default=(), max_length=50, examples=[["completeness > 0.95"]])
    """Limits on the six dimensions: completeness, uniqueness, validity, consistency, accuracy, timeliness; a column in
    brackets narrows completeness. A batch that breaks one is refused and the champion stays."""
    rules: tuple[Rule, ...] = Field(default=(), max_length=50)
    """Cross-field rules; rows that break one are quarantined and count against consistency."""
    accuracy: Accuracy | None = None
    """What the accuracy dimension compares."""
    timeliness: Timeliness | None = None
    """What the timeliness dimension measures."""
    max_quarantined: float = Field(default=0.1, ge=0, le=1)
    """The share of rows in quarantine above which the batch is refused."""
    min_rows: int = Field(default=1, ge=1, le=1_000_000_000)
    """Fewer accepted rows than this refuse the batch."""


class Data(Section):
    source: str = Field(min_length=1, max_length=1000, examples=["flights"])
    """A folder below the data root, file:// below it, or an allowed address such as s3://bucket/prefix/."""
    partition: Literal["none", "daily"] = Field(default="none", examples=["daily"])
    """`daily`: one folder per day, named YYYY-MM-DD; `none`: the folder itself is the one batch."""
    format: Literal["csv"] = "csv"
    """How rows are written."""
    file: str = Field(default="*.csv", pattern=FILES_PATTERN)
    """Which files of a partition hold rows: a name or a pattern."""
    key: tuple[Column, ...] = Field(default=(), max_length=16, examples=[["carrier", "flight", "time_hour"]])
    """Columns that tell one row from every other; without them uniqueness compares whole rows."""
    time_column: Column | None = Field(default=None, examples=["time_hour"])
    """When a row happened. With it, splits are temporal by default."""
    references: tuple[Reference, ...] = Field(default=(), max_length=16)
    """Other tables that features and checks look into."""
    arrival: Arrival = Field(default_factory=Arrival)
    """When a partition counts as whole."""
    validation: Validation = Field(default_factory=Validation)
    """The data gate."""


class Features(Section):
    module: str = Field(pattern=MODULE_PATTERN, max_length=300, examples=["features/flights_delay.py"])
    """A Python file beside the YAML. It runs only inside of steps."""
    function: str = Field(default="build", pattern=FUNCTION_PATTERN, max_length=100)
    """Its function: (rows, references) -> features, all polars data frames, once per partition."""
    label: Column = Field(examples=["late"])
    """The column of its result to be predicted. Rows where it is empty are left out of training."""
    time_column: Column | None = Field(default=None, examples=["time_hour"])
    """The column of its result that orders rows in time. Default: the data's."""
    key: tuple[Column, ...] = Field(default=(), max_length=16, examples=[["carrier", "flight", "time_hour"]])
    """Columns of its result that name a row; carried along, never trained on."""


class Split(Section):
    kind: Literal["auto", "temporal", "random"] = "auto"
    """`auto`: temporal where there is a time column, random otherwise."""
    validation: float = Field(default=0.2, gt=0, lt=0.9)
    """Share of rows that compare trials."""
    test: float = Field(default=0.2, gt=0, lt=0.9)
    """Share of rows that no trial sees: champion and challenger meet on them."""


class Search(Section):
    kind: Literal["grid", "random"] = "grid"
    """`grid`: every combination; `random`: draws from the spaces."""
    trials: int | None = Field(default=None, ge=1, le=1000, examples=[12])
    """How many trials an algorithm gets. Needed by `random`; an upper limit for `grid`."""
    rounds: int = Field(default=1, ge=1, le=20)
    """Trials are asked in so many rounds, each told before the next."""


class Algorithm(Section):
    name: str = Field(min_length=1, max_length=64, examples=["lightgbm"])
    """A registered algorithm."""
    hyperparameters: dict[str, Hyperparameter] = Field(
        default={}, max_length=64, examples=[{"num_leaves": [15, 31, 63]}]
    )
    """Fixed values, lists or ranges. What is not named keeps the algorithm's default."""
    search: Search | None = None
    """Overrides the training's search."""


class Training(Section):
    search: Search = Field(default_factory=Search)
    """How trials are chosen."""
    metric: Literal["roc_auc", "average_precision", "log_loss", "brier", "accuracy", "f1"] = "roc_auc"
    """What trials are compared by, on the validation rows."""
    min_success_ratio: float = Field(default=0.5, gt=0, le=1)
    """The share of a round's trials that must succeed."""
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    """Every step's seed is derived from it and the step's position."""
    timeout_minutes: float = Field(default=60.0, gt=0, le=10080)
    """A trial that takes longer fails."""
    parallel: int = Field(default=2, ge=1, le=256)
    """How many trials run at once. Never changes a result."""


class Selection(Section):
    metric: Literal["roc_auc", "average_precision", "log_loss", "brier", "accuracy", "f1"] | None = Field(
        default=None, examples=["roc_auc"]
    )
    """What champion and challenger are compared by. Default: the training's metric."""
    min_improvement: float = Field(default=0.0, ge=0, le=1)
    """How much better than the champion a challenger must be: the lower end of the paired interval must exceed it."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Of the intervals."""
    require: dict[str, Limit] = Field(default={}, max_length=16, examples=[{"roc_auc": "> 0.6"}])
    """Limits on the test metrics that every challenger must meet, the first one too: `roc_auc: > 0.6`."""


class Retrain(Section):
    every: Literal["partition", "week", "month", "never"] = "partition"
    """When an arrival makes a retraining due: each partition, the last one of a week or month, or only by hand."""
    schedule: str | None = Field(default=None, max_length=100, examples=["0 4 * * 1"])
    """A cron expression in UTC, beside or instead of arrivals."""
    window_days: int | None = Field(default=None, ge=1, le=36500, examples=[90])
    """Train on so many days up to the newest partition. Default: all."""
    min_partitions: int = Field(default=1, ge=1, le=100000)
    """No retraining before so many accepted partitions."""


class Toleration(Section):
    key: str | None = Field(default=None, max_length=316, examples=["dedicated"])
    """The taint's key; without it, with `Exists`, every taint."""
    operator: Literal["Equal", "Exists"] = "Equal"
    """`Equal` compares the value too."""
    value: str | None = Field(default=None, max_length=63, examples=["training"])
    """The taint's value."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """The taint's effect; without it, every effect."""


class Pods(Section):
    cpu: Quantity = Field(default="500m", examples=["2"])
    """Cores that a step asks for: `2`, `500m`."""
    memory: Quantity = Field(default="1Gi", examples=["4Gi"])
    """Memory that a step asks for and may use at most; a step that takes more is ended."""
    gpu: int = Field(default=0, ge=0, le=16)
    """How many GPUs a trial gets."""
    gpu_resource: str = Field(default="nvidia.com/gpu", pattern=r"^[a-z0-9.-]+/[a-zA-Z0-9._-]+$", max_length=128)
    """What the cluster calls them."""
    node_selector: dict[str, str] = Field(default={}, max_length=16, examples=[{"pool": "training"}])
    """Labels that a node must have."""
    tolerations: tuple[Toleration, ...] = Field(default=(), max_length=16)
    """Taints that do not keep the pods away."""
    priority_class: Name | None = Field(default=None, examples=["regrow-training"])
    """A PriorityClass of the cluster."""
    service_account: Name | None = Field(default=None, examples=["regrow-trainer"])
    """Who the pods are. Default: the platform's setting."""


class SuccessCriteria(Section):
    accuracy: Limit | None = Field(default=None, examples=["> 0.9"])
    """Of labelled predictions."""
    latency: Limit | None = Field(default=None, examples=["< 100ms"])
    """Of a request at the 95th percentile."""
    error_rate: Limit | None = Field(default=None, examples=["< 1%"])
    """Failed requests per request."""


class Deployment(Section):
    strategy: Literal["all-at-once", "canary", "blue-green", "rolling", "shadow", "a-b"] = "all-at-once"
    """How a challenger takes over."""
    traffic_split: int = Field(default=10, ge=1, le=100)
    """The first share of a gradual strategy, in percent."""
    success_criteria: SuccessCriteria = Field(default_factory=SuccessCriteria)
    """What the new version must meet while it takes over."""


class Alert(Section):
    metric: str = Field(min_length=1, max_length=64, examples=["accuracy"])
    """What is watched."""
    threshold: float = Field(examples=[0.9])
    """Where it starts to hurt."""
    action: Literal["notify", "retrain", "rollback"] = "notify"
    """What then happens."""


class Monitoring(Section):
    alerts: tuple[Alert, ...] = Field(default=(), max_length=50)
    """Limits on metrics in production."""


class Spec(Section):
    data: Data
    """Where rows come from and when they are good enough."""
    features: Features | None = None
    """How rows become features. Without it: the schema's columns, and `x-regrow-role: target` is the label."""
    split: Split = Field(default_factory=Split)
    """Which rows train, compare and test."""
    algorithms: tuple[Algorithm, ...] = Field(min_length=1, max_length=16)
    """What is tried."""
    training: Training = Field(default_factory=Training)
    """How it is tried."""
    selection: Selection = Field(default_factory=Selection)
    """When a challenger beats the champion."""
    retrain: Retrain = Field(default_factory=Retrain)
    """When a new study starts."""
    deployment: Deployment = Field(default_factory=Deployment)
    """How a new champion gets its traffic."""
    monitoring: Monitoring = Field(default_factory=Monitoring)
    """What is watched at night."""
    pods: Pods = Field(default_factory=Pods)
    """How steps run where they run on Kubernetes. Never changes a result."""


class Pipeline(Section):
    """One YAML: one served model."""

    api_version: Literal["mlops.io/v1"] = Field(alias="apiVersion")
    """The version of this format."""
    kind: Literal["EnhancedPipeline"]
    """Always EnhancedPipeline."""
    metadata: Metadata
    """Who and what."""
    spec: Spec
    """All the rest."""

    @property
    def name(self) -> str:
        return self.metadata.name
