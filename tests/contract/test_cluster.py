"""The twin of a cluster, held to the contract. The real API server is held to it in tests/lab/test_cluster.py."""

from __future__ import annotations

import pytest

from contract.cluster_contract import ClusterContract
from regrow.cluster.memory import MemoryCluster
from regrow.cluster.port import Cluster


class TestMemoryCluster(ClusterContract):
    @pytest.fixture
    def namespace(self) -> str:
        return "ours"

    @pytest.fixture
    def cluster(self, namespace: str) -> Cluster:
        return MemoryCluster(namespaces=[namespace])
