"""Finds the cluster that this process may talk to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from regrow.cluster.port import Cluster
from regrow.errors import UsageError


def open_cluster(context: str | None = None) -> Cluster:
    """The cluster of the KUBECONFIG's context (default: its current one), or the one that this process runs in.

    Nothing is asked of it yet. Raises UsageError where neither is to be found.
    """
    from regrow.cluster.client import ApiCluster

    return ApiCluster(_from_file(context) if context or _has_file() else _from_inside())


def _has_file() -> bool:
    named = os.environ.get("KUBECONFIG", "")
    return any(Path(path).expanduser().is_file() for path in named.split(os.pathsep) if path) or (
        not named and Path("~/.kube/config").expanduser().is_file()
    )


def _from_file(context: str | None) -> Any:
    from kubernetes import config

    try:
        # The official client reads the variable only once, when it is imported.
        return config.new_client_from_config(config_file=os.environ.get("KUBECONFIG") or None, context=context)
    except config.ConfigException as error:
        raise UsageError(
            f"the KUBECONFIG cannot be used: {error}; `kubectl config get-contexts` lists what it has"
        ) from error


def _from_inside() -> Any:
    from kubernetes import client, config

    configuration = client.Configuration()
    try:
        config.load_incluster_config(client_configuration=configuration)
    except config.ConfigException as error:
        raise UsageError(
            "there is no cluster: KUBECONFIG names no file, ~/.kube/config is not there, and this process runs in no "
            f"pod ({error}); set KUBECONFIG, or REGROW_RUNNER=process and REGROW_SERVING_BACKEND=local"
        ) from error
    return client.ApiClient(configuration)
