"""containerd as a client sees it: its socket, and ctr."""

from __future__ import annotations

from pathlib import Path

from lab.node import places, shell


def socket() -> Path:
    return places.home() / "run" / "containerd.sock"


def ctr(*words: str | Path, seconds: float = 600) -> str:
    """In the namespace where the kubelet looks."""
    return shell.run("ctr", "--address", socket(), "--namespace", "k8s.io", *words, seconds=seconds)


def images() -> list[str]:
    return ctr("images", "ls", "--quiet").split()
