"""The pods' bridge, the node's address on it, and the kernel's settings that a node changes."""

from __future__ import annotations

import json
from pathlib import Path

from lab.node import addresses, places, shell

_SETTINGS = {
    "net/ipv4/ip_forward": "1",
    "net/bridge/bridge-nf-call-iptables": "1",
    # The kubelet sets these itself; written here so that the old values are known.
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
}


def up() -> None:
    _change_settings()
    if not _exists():
        _ip("link", "add", "name", addresses.BRIDGE, "type", "bridge")
    _ip("address", "replace", f"{addresses.NODE}/{addresses.PODS.prefixlen}", "dev", addresses.BRIDGE)
    _ip("link", "set", addresses.BRIDGE, "up")
    # Without a route of its own a Service's address is looked for beyond this machine.
    _ip("route", "replace", str(addresses.SERVICES), "dev", addresses.BRIDGE, "src", addresses.NODE)
    _write_cni()


def ready() -> bool:
    return _exists() and addresses.NODE in _ip("-4", "address", "show", "dev", addresses.BRIDGE)


def down() -> None:
    """The bridge, what hangs on it, kube-proxy's table; the kernel's settings as they were."""
    if _exists():
        for link in json.loads(_ip("-json", "link", "show", "master", addresses.BRIDGE) or "[]"):
            _ip("link", "delete", link["ifname"])
        _ip("link", "delete", addresses.BRIDGE)
    for family in ("ip", "ip6"):
        if shell.succeeds("nft", "list", "table", family, "kube-proxy"):
            shell.run("nft", "delete", "table", family, "kube-proxy")
    _restore_settings()


def cni_folder() -> Path:
    return places.made(places.configuration() / "cni")


def _write_cni() -> None:
    bridge = {
        "type": "bridge",
        "bridge": addresses.BRIDGE,
        "isGateway": True,
        # Nothing in the lab leaves this machine, so nothing is translated.
        "ipMasq": False,
        "hairpinMode": True,
        "ipam": {
            "type": "host-local",
            "dataDir": str(places.data("cni")),
            "ranges": [[{"subnet": str(addresses.PODS), "gateway": addresses.NODE}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    content = {"cniVersion": "0.4.0", "name": "lab", "plugins": [bridge]}
    (cni_folder() / "10-lab.conflist").write_text(json.dumps(content, indent=1))


def _exists() -> bool:
    return Path("/sys/class/net", addresses.BRIDGE).exists()


def _ip(*command: str) -> str:
    return shell.run("ip", *command)


def _change_settings() -> None:
    known = places.run() / "kernel-settings.json"
    if not known.exists():
        known.write_text(json.dumps({name: old for name in _SETTINGS if (old := _setting(name)) is not None}))
    for name, value in _SETTINGS.items():
        if _setting(name) is not None:
            Path("/proc/sys", name).write_text(value)


def _restore_settings() -> None:
    known = places.home() / "run" / "kernel-settings.json"
    if known.exists():
        for name, value in json.loads(known.read_text()).items():
            Path("/proc/sys", name).write_text(value)


def _setting(name: str) -> str | None:
    path = Path("/proc/sys", name)
    return path.read_text().strip() if path.exists() else None
