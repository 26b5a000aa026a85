"""Every YAML in pipelines/ becomes two Airflow DAGs: one watches its data, one retrains its model."""

from pathlib import Path

from airflow.sdk import get_parsing_context

from regrow_airflow.dag_factory import build

for path in sorted((Path(__file__).parent / "pipelines").glob("*.yaml")):
    build(path, only=get_parsing_context().dag_id)
