"""Leave nothing: processes, mounts, links, rules, cgroups, files."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lab.node import cgroups, network, places, shell
from lab.node.errors import LabError
from lab.node.parts import ALL, runtime


def down() -> None:
    """Also after a crash: everything is found by what it is, not by who remembers it."""
    if (places.home() / "run").exists():
        _stop_processes()
    cgroups.end_processes()
    _end_shims()
    _unmount()
    network.down()
    cgroups.remove()
    _remove_links()
    shutil.rmtree(places.home(), ignore_errors=True)
    found = leftovers()
    if found:
        raise LabError("the lab is down but for: " + ", ".join(found))


def leftovers() -> list[str]:
    """What of the lab is still on this machine, in words."""
    bridge = [f"link {path}" for path in Path("/sys/class/net").glob("regrow-lab")]
    table = ["nftables table kube-proxy"] if shell.succeeds("nft", "list", "table", "ip", "kube-proxy") else []
    trees = [f"cgroup {path}" for path in cgroups.left()]
    mounts = [f"mount {path}" for path in _mounts()]
    shims = [f"process {pid}" for pid in _shims()]
    state = [f"folder {places.home()}"] if places.home().exists() else []
    return [*bridge, *table, *trees, *mounts, *shims, *state]


def _stop_processes() -> None:
    """The node's own first, so that nothing starts pods again; containerd ends with the rest of the machine's."""
    for part in reversed(ALL):
        if part.name != runtime.PART.name:
            part.stop()
    cgroups.end_processes()
    runtime.PART.stop()


def _end_shims(seconds: float = 20) -> None:
    """containerd leaves one process for each pod, which is to outlive it."""
    deadline = time.monotonic() + seconds
    while pids := list(_shims()):
        if time.monotonic() > deadline:
            raise LabError(f"containerd's processes {pids} do not end")
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)


def _shims() -> Iterator[int]:
    """Known by their arguments: they carry the path of the lab's own socket."""
    socket = str(places.home() / "run" / "containerd.sock").encode()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                if words[0].endswith(b"containerd-shim-runc-v2") and any(word.startswith(socket) for word in words):
                    yield int(folder.name)


def _unmount() -> None:
    for path in _mounts():
        if not shell.succeeds("umount", path):
            shell.succeeds("umount", "--lazy", path)


def _mounts() -> list[str]:
    """Below the state folder, the innermost first. Those of an image that is being built are its builder's."""
    below = f"{places.home()}/"
    lines = Path("/proc/self/mounts").read_text().splitlines()
    paths = [line.split()[1].replace("\\040", " ") for line in lines]
    return [path for path in reversed(paths) if path.startswith(below)]


def _remove_links() -> None:
    """The kubelet names every container's log in a folder of the machine, Envoy Gateway reads from one."""
    certificates = Path("/certs")
    if certificates.is_symlink() and certificates.readlink().is_relative_to(places.home()):
        certificates.unlink()
    folder = Path("/var/log/containers")
    if folder.is_dir():
        for link in folder.iterdir():
            if link.is_symlink() and link.readlink().is_relative_to(places.home()):
                link.unlink()
        with suppress(OSError):
            folder.rmdir()
