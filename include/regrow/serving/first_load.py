"""The bounded child process in which a model is loaded for the first time: `python -m regrow.serving.first_load`."""

from __future__ import annotations

import math
import resource
import sys
from pathlib import Path


def main(folder: str, memory: str, seconds: str) -> int:
    """Load and answer one row of missing values. The last line of stderr says why not."""
    limits = {resource.RLIMIT_AS: int(memory), resource.RLIMIT_CPU: math.ceil(float(seconds)), resource.RLIMIT_CORE: 0}
    for kind, limit in limits.items():
        resource.setrlimit(kind, (limit, limit))
    import numpy as np

    from regrow.errors import RegrowError
    from regrow.serving.models import load

    try:
        scorer = load(Path(folder))
        answer = scorer.predict(np.full((1, len(scorer.card.table.features)), np.nan))
    except (RegrowError, MemoryError, ValueError) as error:
        print(str(error) or type(error).__name__, file=sys.stderr)  # noqa: T201
        return 1
    return 0 if np.isfinite(answer).all() and answer.shape == (1, len(scorer.card.table.classes)) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
