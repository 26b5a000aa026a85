"""Who may speak to the API server, and the kubeconfig of each."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from pathlib import Path

from lab.node import addresses, pki, places

ADMINS = "system:masters"


def admin_token() -> str:
    """Of the lab's administrator; made at the first start."""
    return _tokens().read_text().partition(",")[0]


def tokens_file() -> Path:
    """In the API server's format: token, user, id, groups."""
    path = _tokens()
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"{secrets.token_hex(24)},lab-admin,lab-admin,{ADMINS}\n")
    return path


def write_admin_kubeconfig() -> None:
    _write(places.kubeconfig(), "lab-admin", {"token": admin_token()})


def kubeconfig(user: str, groups: Sequence[str] = ()) -> Path:
    """A kubeconfig for one of the lab's own parts, which shows its certificate."""
    pair = pki.certificate(user, groups)
    path = places.configuration() / f"{user.replace(':', '_')}.kubeconfig"
    if not path.exists():
        _write(path, user, {"client-certificate": str(pair.certificate), "client-key": str(pair.key)})
    return path


def _tokens() -> Path:
    return places.made(places.home() / "pki") / "tokens.csv"


def _write(path: Path, user: str, proof: dict[str, str]) -> None:
    authority = str(pki.authority().certificate)
    server = {"server": addresses.API_ADDRESS, "certificate-authority": authority}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "lab",
        "clusters": [{"name": "lab", "cluster": server}],
        "users": [{"name": user, "user": proof}],
        "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": user}}],
    }
    path.touch(mode=0o600)
    # JSON is YAML: whoever reads a kubeconfig reads this.
    path.write_text(json.dumps(content, indent=1) + "\n")
