"""Connections of Airflow to typed clients."""
