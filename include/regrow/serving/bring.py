"""`python -m regrow.serving.bring regrow://DIGEST FOLDER`: a model's files from the store, as a slot's verified folder.

KServe starts it before the predictor, in a container of its own. What it writes appears file by file only in a folder
that nobody reads; the manifest, without which no predictor starts, comes last.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from regrow.errors import RegrowError, Transient, UsageError
from regrow.serving.slot_folder import MANIFEST, MODEL, fetch_slot
from regrow.settings import Settings
from regrow.store.open import open_store
from regrow.store.port import Store

SCHEME = "regrow://"
FRESH = ".new"
TRANSIENT_EXIT = 20
"""The store does not answer: worth another try, as with a step."""


def storage_uri(artifact: str) -> str:
    return f"{SCHEME}{artifact}"


def artifact_of(uri: str) -> str:
    """Raises UsageError for anything but regrow:// with a SHA-256."""
    found = re.fullmatch(rf"{SCHEME}([0-9a-f]{{64}})", uri)
    if found is None:
        raise UsageError(f"{uri!r} is no address of a model; it is {SCHEME} and the 64 hex digits of its artifact")
    return found[1]


def bring(store: Store, artifact: str, folder: Path) -> None:
    """Raises NotFound or Corrupt from the store; `folder` then holds no manifest. Again is the same."""
    fresh = folder / FRESH
    # A container that was ended on the way starts again with what it left.
    (folder / MANIFEST).unlink(missing_ok=True)
    for leftover in (fresh, folder / MODEL):
        shutil.rmtree(leftover, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    fetch_slot(store, artifact, fresh)
    (fresh / MODEL).rename(folder / MODEL)
    (fresh / MANIFEST).rename(folder / MANIFEST)
    fresh.rmdir()


def main(argv: list[str]) -> int:
    try:
        if len(argv) != 2:
            raise UsageError(f"two words are needed, {SCHEME}DIGEST and a folder; got {len(argv)}")
        artifact = artifact_of(argv[0])
        settings = Settings()
        bring(open_store(settings.store, settings.s3), artifact, Path(argv[1]))
    except RegrowError as error:
        # Kubernetes keeps the last lines of a container that failed: one line is what people will read.
        sys.stderr.write(" ".join(error.sentence.split()) + "\n")
        return TRANSIENT_EXIT if isinstance(error, Transient) else error.exit_code
    sys.stderr.write(f"brought {artifact[:12]} to {argv[1]}, verified by hash\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
