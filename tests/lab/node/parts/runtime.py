"""containerd, with folders and a socket of its own beside any other containerd of the machine."""

from __future__ import annotations

from pathlib import Path

import grpc  # type: ignore[import-untyped]

from lab.node import archives, builds, containers, network, places, shell
from lab.node.part import Part
from lab.node.process import Process

PAUSE = "localhost/pause:1"

_CONFIGURATION = """\
version = 2
root = "{root}"
state = "{state}"
oom_score = 0
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs", \
"io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]

[grpc]
address = "{socket}"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{pause}"
restrict_oom_score_adj = true
disable_apparmor = true
netns_mounts_under_state_dir = true
stream_server_address = "127.0.0.1"
max_container_log_line_size = 262144

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "{plugins}"
conf_dir = "{networks}"

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
BinaryName = "{runc}"
SystemdCgroup = false
"""


def process() -> Process:
    return Process("containerd", _command, _answers)


def _command() -> list[str | Path]:
    return [shell.program("containerd"), "--config", _configuration()]


def _answers() -> bool:
    """Its CRI, as the kubelet asks it: the rest of it answers earlier, and a kubelet that comes then gives up."""
    with grpc.insecure_channel(f"unix://{containers.socket()}") as channel:
        try:
            # An empty message is a request for the version.
            channel.unary_unary("/runtime.v1.RuntimeService/Version")(b"", timeout=5)
        except grpc.RpcError:
            return False
    return True


def _configuration() -> Path:
    return places.configuration() / "containerd.toml"


def _prepare() -> None:
    plugin = shell.program("host-local")
    _configuration().write_text(
        _CONFIGURATION.format(
            root=places.data("containerd"),
            state=places.run() / "containerd",
            socket=containers.socket(),
            pause=PAUSE,
            plugins=Path(plugin).parent,
            networks=network.cni_folder(),
            runc=shell.program("runc"),
        )
    )


def _settle() -> None:
    """Without the pause image no pod starts, and there is no registry to have it from."""
    if PAUSE in containers.images():
        return
    containers.ctr("images", "import", archives.of_binary(builds.binary("pause"), PAUSE))


PART = Part("containerd", process, _prepare, _settle, builds=(builds.PAUSE,), after=("network",))
