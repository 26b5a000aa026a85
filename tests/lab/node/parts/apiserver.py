"""kube-apiserver, with its own authority, RBAC, and Pod Security as it is by default."""

from __future__ import annotations

from pathlib import Path

from lab.node import access, addresses, builds, pki, probes
from lab.node.part import Part
from lab.node.process import Process

_HOSTS = (
    addresses.NODE,
    addresses.LOOPBACK,
    addresses.API_SERVICE,
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    f"kubernetes.default.svc.{addresses.DOMAIN}",
)


def process() -> Process:
    return Process("kube-apiserver", _command, probes.answers(f"{addresses.API_ADDRESS}/readyz"))


def _command() -> list[str | Path]:
    return [builds.binary("kube-apiserver"), *_serving(), *_trust(), *_service_accounts(), *_nodes()]


def _serving() -> tuple[str, ...]:
    served = pki.certificate("kube-apiserver", hosts=_HOSTS)
    return (
        f"--etcd-servers=http://{addresses.LOOPBACK}:{addresses.ETCD}",
        f"--bind-address={addresses.NODE}",
        f"--advertise-address={addresses.NODE}",
        f"--secure-port={addresses.API_SERVER}",
        f"--service-cluster-ip-range={addresses.SERVICES}",
        f"--tls-cert-file={served.certificate}",
        f"--tls-private-key-file={served.key}",
        "--allow-privileged",
        "--profiling=false",
    )


def _trust() -> tuple[str, ...]:
    authority = pki.authority().certificate
    front = pki.certificate("front-proxy")
    return (
        f"--client-ca-file={authority}",
        f"--token-auth-file={access.tokens_file()}",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        # What an aggregated API server, such as that of the metrics, is called with.
        f"--requestheader-client-ca-file={authority}",
        "--requestheader-allowed-names=front-proxy",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={front.certificate}",
        f"--proxy-client-key-file={front.key}",
    )


def _service_accounts() -> tuple[str, ...]:
    key = pki.signing_key()
    return (
        f"--service-account-issuer=https://kubernetes.default.svc.{addresses.DOMAIN}",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
    )


def _nodes() -> tuple[str, ...]:
    client = pki.certificate("kube-apiserver-kubelet-client", (access.ADMINS,))
    return (
        f"--kubelet-certificate-authority={pki.authority().certificate}",
        f"--kubelet-client-certificate={client.certificate}",
        f"--kubelet-client-key={client.key}",
        # By default it looks the node's name up, and nobody knows that name.
        "--kubelet-preferred-address-types=InternalIP",
    )


PART = Part(
    "kube-apiserver",
    process,
    settle=access.write_admin_kubeconfig,
    builds=(builds.KUBERNETES,),
    after=("network", "etcd"),
)
