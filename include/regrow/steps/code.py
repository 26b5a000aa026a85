"""The team's own modules, packed into the store so that a step runs the very files that the run began with."""

from __future__ import annotations

from regrow.ledger.user_closure import closure_of_files
from regrow.spec.load import LoadedPipeline
from regrow.store.port import Store


def pack(loaded: LoadedPipeline, store: Store) -> tuple[str, str]:
    """(manifest's digest, entry file in it) of the feature module with its imports; two empty texts without one."""
    features = loaded.pipeline.spec.features
    if features is None:
        return "", ""
    root = loaded.path.parent.resolve()
    files = closure_of_files(root / features.module, root)
    manifest = store.put({path.relative_to(root).as_posix(): path for path in files})
    return manifest.digest, features.module
