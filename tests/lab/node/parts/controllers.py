"""kube-controller-manager and kube-scheduler."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lab.node import access, addresses, builds, pki, probes
from lab.node.part import Part
from lab.node.process import Process


def controller_manager() -> Process:
    return _process("kube-controller-manager", addresses.CONTROLLER_MANAGER, _signing)


def _signing() -> tuple[str, ...]:
    return (
        "--use-service-account-credentials",
        f"--service-account-private-key-file={pki.signing_key()}",
        f"--root-ca-file={pki.authority().certificate}",
    )


def scheduler() -> Process:
    return _process("kube-scheduler", addresses.SCHEDULER)


def _process(name: str, port: int, more: Callable[[], tuple[str, ...]] = tuple) -> Process:
    health = probes.answers(f"https://{addresses.LOOPBACK}:{port}/healthz")
    return Process(name, lambda: _command(name, port, more()), health)


def _command(name: str, port: int, more: tuple[str, ...]) -> list[str | Path]:
    own = access.kubeconfig(f"system:{name}")
    served = pki.certificate(name, hosts=(addresses.LOOPBACK,))
    return [
        builds.binary(name),
        *_reaching(own),
        # There is one of it.
        "--leader-elect=false",
        f"--bind-address={addresses.LOOPBACK}",
        f"--secure-port={port}",
        f"--tls-cert-file={served.certificate}",
        f"--tls-private-key-file={served.key}",
        *more,
    ]


def _reaching(kubeconfig: Path) -> tuple[str, ...]:
    return tuple(
        f"--{purpose}={kubeconfig}"
        for purpose in ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig")
    )


_AFTER = ("kube-apiserver",)
CONTROLLER_MANAGER = Part("kube-controller-manager", controller_manager, builds=(builds.KUBERNETES,), after=_AFTER)
SCHEDULER = Part("kube-scheduler", scheduler, builds=(builds.KUBERNETES,), after=_AFTER)
