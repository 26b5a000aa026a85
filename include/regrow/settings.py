"""Settings of a process, from REGROW_* variables. What a pipeline does is in its YAML; where it does it is here."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="REGROW_", frozen=True, extra="ignore", use_attribute_docstrings=True)

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
