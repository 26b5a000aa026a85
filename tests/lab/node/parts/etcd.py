"""etcd: where the API server keeps everything."""

from __future__ import annotations

from pathlib import Path

from lab.node import addresses, builds, places, probes
from lab.node.part import Part
from lab.node.process import Process

_CLIENTS = f"http://{addresses.LOOPBACK}:{addresses.ETCD}"


def process() -> Process:
    return Process("etcd", _command, probes.answers(f"{_CLIENTS}/readyz"))


def _command() -> list[str | Path]:
    peers = f"http://{addresses.LOOPBACK}:{addresses.ETCD_PEERS}"
    return [
        builds.binary("etcd"),
        f"--data-dir={places.data('etcd')}",
        f"--listen-client-urls={_CLIENTS}",
        f"--advertise-client-urls={_CLIENTS}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
        # The lab's data need not survive a loss of power, only of processes.
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]


PART = Part("etcd", process, builds=(builds.ETCD,))
