"""What one predictor process is told: flags, or REGROW_PREDICTOR_* variables."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PREFIX = "REGROW_PREDICTOR_"


@dataclass(frozen=True)
class PredictorConfig:
    model: str
    version: str
    slot: str
    folder: Path
    """A slot's folder: manifest.json and model/."""
    port: int
    captures: Path
    """The folder of all models' captures; this model's lie below its name."""
    host: str = "127.0.0.1"
    linger: float = 0.5
    """Seconds between "not ready" and closing the door, so that the data plane can notice."""

    def argv(self) -> tuple[str, ...]:
        """The flags that `parse` reads back."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return tuple(text for name, value in values.items() for text in (f"--{name}", str(value)))


def parse(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> PredictorConfig:
    """A flag wins over its variable. Without one of the needed ones: usage on stderr and exit 2."""
    parser = argparse.ArgumentParser("python -m regrow.serving.predictor", description=__doc__, allow_abbrev=False)
    for name, field in PredictorConfig.__dataclass_fields__.items():
        kind = {"Path": Path, "int": int, "float": float}.get(str(field.type), str)
        given = environment.get(PREFIX + name.upper())
        default = field.default if name in ("host", "linger") else None
        default = default if given is None else kind(given)
        parser.add_argument(f"--{name}", type=kind, default=default, required=default is None)
    return PredictorConfig(**vars(parser.parse_args(argv)))
