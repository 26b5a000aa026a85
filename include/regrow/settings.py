"""Settings of a process, from REGROW_* variables. What a pipeline does is in its YAML; where it does it is here."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class S3Settings(_Group):
    """REGROW_S3__*: how s3:// addresses are reached. What is not set is found as boto3 finds it: AWS_* variables,
    profiles, the machine's or the pod's own identity."""

    endpoint: str | None = None
    """Address of the service, where it is not Amazon's: http://minio:9000."""
    region: str | None = None
    access_key: str | None = None
    secret_key: SecretStr | None = None
    session_token: SecretStr | None = None


class KubernetesSettings(_Group):
    """REGROW_KUBERNETES__*: where steps run as pods, with `REGROW_RUNNER=kubernetes`."""

    context: str | None = None
    """A context of the KUBECONFIG. Default: its current one, or the cluster that this process runs in."""
    namespace: str = "regrow-steps"
    """Where the pods of steps run."""
    image: str = "localhost/regrow-trainer:dev"
    """What they run: the trainer's image, of the same lock as this process."""
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"
    secret: str = "regrow-steps"
    """The Secret whose entries become the pods' variables: REGROW_LEDGER_URL, REGROW_STORE_URL and credentials."""
    service_account: str = "regrow-trainer"
    """Of pods whose spec names none. It needs no rights in the cluster."""
    parallel: int = Field(default=4, ge=1)
    """How many pods run at once where Airflow does not decide it."""
    pending_seconds: float = Field(default=900.0, gt=0)
    """A pod that found no node for so long is given up; nodes that are made on demand may need minutes."""
    image_seconds: float = Field(default=120.0, gt=0)
    """An image that cannot be pulled for so long is given up."""
    deadline_seconds: float = Field(default=3600.0, gt=0)
    """A pod's life at most, where the step itself has no limit."""


class KServeSettings(_Group):
    """REGROW_KSERVE__*: where models are served, with `REGROW_SERVING_BACKEND=kserve`."""

    context: str | None = None
    """A context of the KUBECONFIG, as for pods."""
    namespace: str = "regrow-serving"
    """Where the InferenceServices and the HTTPRoute lie."""
    runtime: str = "regrow-predictor"
    """The ServingRuntime that serves them."""
    gateway: str = "regrow-gateway/regrow"
    """namespace/name of the Gateway that callers come through."""
    address: str | None = None
    """The URL that callers use. Default: the first address in the Gateway's status."""
    mode: Literal["auto", "standard", "knative"] = "auto"
    """`auto`: Knative where its Services are known to the cluster and KServe's own default says so, else Standard."""
    replicas: int = Field(default=2, ge=1, le=50)
    """Of an arm while a rollout goes on, and at least afterwards."""
    max_replicas: int = Field(default=5, ge=1, le=500)
    """Of the champion once the rollout is over."""
    cpu: str = "250m"
    memory: str = "512Mi"
    """What one replica asks for, and may use at most of memory."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="REGROW_",
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        use_attribute_docstrings=True,
    )

    home: Path = Path(".regrow")
    """Everything that Regrow keeps here: ledger, store, MLflow, Airflow, logs. Relative to where it starts."""

    data_root: Path | None = None
    """The folder that relative sources and file:// sources must lie in. Default: HOME/data."""

    pipelines: Path = Path("dags/pipelines")
    """The folder of the pipelines' YAML files."""

    ledger_url: str | None = None
    """SQLAlchemy address of the ledger. Default: SQLite in HOME/ledger.db."""

    store_url: str | None = None
    """Where snapshots and artifacts lie. Default: the folder HOME/store."""

    mlflow_url: str | None = None
    """MLflow's tracking and registry address. Default: SQLite in HOME/mlflow/mlflow.db."""

    allowed_sources: tuple[str, ...] = ("s3://",)
    """Schemes and prefixes that sources may have besides the data root."""

    workers: int = 2
    """How many steps run at once where Airflow does not decide it."""

    host: str = "127.0.0.1"
    """The address that every server binds to."""

    runner: Literal["process", "kubernetes"] = "process"
    """Where steps run: processes of this machine, or pods."""

    serving_backend: Literal["local", "kserve"] = "local"
    """Where models are served: processes behind Envoy on this machine, or KServe."""

    s3: S3Settings = S3Settings()
    kubernetes: KubernetesSettings = KubernetesSettings()
    kserve: KServeSettings = KServeSettings()

    @cached_property
    def root(self) -> Path:
        return self.home.resolve()

    @property
    def data(self) -> Path:
        return (self.data_root or self.root / "data").resolve()

    @property
    def ledger(self) -> str:
        return self.ledger_url or f"sqlite:///{self.root / 'ledger.db'}"

    @property
    def store(self) -> str:
        return self.store_url or (self.root / "store").as_uri()

    @property
    def mlflow(self) -> str:
        return self.mlflow_url or f"sqlite:///{self.root / 'mlflow' / 'mlflow.db'}"

    @property
    def serving(self) -> Path:
        return self.root / "serving"

    @property
    def airflow(self) -> Path:
        return self.root / "airflow"
