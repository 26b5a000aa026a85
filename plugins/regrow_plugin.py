"""The one Airflow plugin of Regrow."""

from airflow.plugins_manager import AirflowPlugin

from regrow_airflow.links.told import EndpointLink, MlflowRunLink


class RegrowPlugin(AirflowPlugin):
    name = "regrow"
    operator_extra_links = [MlflowRunLink(), EndpointLink()]
