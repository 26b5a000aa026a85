"""The product's own images in the lab: built from this checkout where it changed, labelled, given to the node.

From a shell: `PYTHONPATH=tests python -m lab.product_images trainer predictor`.
"""

from __future__ import annotations

import fcntl
import hashlib
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.node import debian, images, places

ROOT = Path(__file__).resolve().parents[2]

ENVIRONMENTS = {"trainer": "training", "predictor": "serving", "platform": "training"}
"""By target: the extra whose environment hash the image is labelled with."""

_INPUTS = "regrow.dev/lab.inputs"
_SOURCES = ("README.md", "pyproject.toml", "requirements/uv.txt", "tools/image-packages.sh", "include", "plugins")
_OWN = {
    "trainer": ("requirements/trainer.txt",),
    "predictor": ("requirements/predictor.txt",),
    "platform": ("requirements.txt", "dags"),
}
CONFINED = (
    *("--pull", "never", "--no-healthcheck", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096"),
    *("--network", "none", "--read-only", "--tmpfs", "/tmp", "--user", "65532:65532", "--cap-drop", "all"),
)
"""How a container is run here: as the cluster does, and with the limits that this machine can give."""


def tag(target: str) -> str:
    return f"localhost/regrow-{target}:dev"


def ensure(targets: Iterable[str] = ("trainer", "predictor")) -> dict[str, str]:
    """Target to tag, for each of `targets`: the node has the image of the sources as they are now."""
    with _alone():
        return {target: _ensured(target) for target in targets}


def build(target: str) -> str:
    """The tag of the image of these sources. Its label is written last: only the image can say its environment hash."""
    inputs, final = inputs_of(target), tag(target)
    if images.exists(final) and _label(final, _INPUTS) == inputs:
        return final
    plain = images.build(ROOT / "Dockerfile", target, f"localhost/regrow-{target}:plain", {"BASE": debian.tag()})
    extra = ENVIRONMENTS[target]
    labels = {f"regrow.dev/environment.{extra}": python_says(plain, extra), _INPUTS: inputs}
    words = [word for name, value in labels.items() for word in ("--label", f"{name}={value}")]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Dockerfile").write_text(f"FROM {plain}\n")
        images.podman("build", "--pull=never", "--format", "docker", *words, "--tag", final, folder)
    return final


def python_says(image: str, extra: str) -> str:
    """The environment hash as the image itself computes it."""
    code = f"from regrow.ledger.environment import environment_hash as h; print(h({extra!r}))"
    return run(image, "python", "-c", code).strip()


def run(image: str, *command: str) -> str:
    """What the command prints in a container that has no network and can write to /tmp alone."""
    return images.podman("run", "--rm", *CONFINED, image, *command)


def environment_label(image: str, extra: str) -> str:
    return _label(image, f"regrow.dev/environment.{extra}")


def inputs_of(target: str) -> str:
    """A hash of all files that the image is built from."""
    found = hashlib.sha256((ROOT / "Dockerfile").read_bytes() + (ROOT / ".dockerignore").read_bytes())
    for name in (*_SOURCES, *_OWN[target]):
        for path in _files(ROOT / name):
            found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def _ensured(target: str) -> str:
    found = build(target)
    images.load(found)
    return found


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return sorted(path for path in place.rglob("*") if path.is_file() and path.suffix != ".pyc")


def _label(image: str, name: str) -> str:
    return images.podman("image", "inspect", "--format", f'{{{{index .Labels "{name}"}}}}', image).strip()


@contextmanager
def _alone() -> Iterator[None]:
    with (places.made(places.cache()) / "product-images.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    for name in sys.argv[1:] or ("trainer", "predictor"):
        begun = time.monotonic()
        print(f"{name:<10} {ensure([name])[name]} {time.monotonic() - begun:6.1f} s", flush=True)
