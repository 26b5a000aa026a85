"""The only loader of model artifacts: a folder with `model.json` and the one native file that it names.

Names, sizes and first bytes are checked before anything parses the file; no format that can carry code is known here.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from regrow.serving.formats import formats
from regrow.serving.formats.contract import BadModelFile, Matrix, ModelRefused, Predict
from regrow.training.table import ModelCard

CARD = "model.json"
FILE_NAMES = {"lightgbm-text": "model.txt", "skops": "model.skops"}
"""A format's file has one name. Anything else in the folder refuses it."""

_MAX_CARD, _MAX_MODEL = 4 << 20, 2 << 30


@dataclass(frozen=True)
class Scorer:
    card: ModelCard
    model: Predict

    def predict(self, matrix: Matrix) -> Matrix:
        """Features float64 [n, p] to probabilities float64 [n, k]. Raises ValueError on another width."""
        if matrix.ndim != 2 or matrix.shape[1] != len(self.card.table.features):
            raise ValueError(f"a matrix of {len(self.card.table.features)} columns is needed, got shape {matrix.shape}")
        if len(matrix) == 0:
            return np.empty((0, len(self.card.table.classes)))
        return self.model(matrix)

    def gain(self) -> Matrix | None:
        """The format's own importance of each feature, [p], where it has one."""
        native = getattr(self.model, "gain", None)
        return None if native is None else native()


def load(folder: Path) -> Scorer:
    """Raises ModelRefused, before anything is parsed where names, kinds of file or first bytes are wrong."""
    try:
        card = _card(folder)
        raw = _bytes(folder / card.file, _MAX_MODEL)
        return Scorer(card, formats.load(card.format)(raw, card))
    except BadModelFile as error:
        raise ModelRefused(folder=str(folder), reason=str(error)) from error


def load_guarded(folder: Path, *, memory: int = 4 << 30, seconds: float = 60.0) -> Scorer:
    """Load in a child of at most `memory` bytes of address space and `seconds` first; only then here.

    A file that is well named may still crash a native parser: then the child dies and ModelRefused says how.
    """
    _card_or_refuse(folder)
    command = [sys.executable, "-m", "regrow.serving.first_load", str(folder.resolve()), str(memory), str(seconds)]
    # One thread each: the address space that idle thread pools reserve would count against the limit.
    single = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    try:
        child = subprocess.run(
            command, env=os.environ | single, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ModelRefused(folder=str(folder), reason=f"loading it took longer than {seconds:g} s") from error
    if child.returncode != 0:
        raise ModelRefused(folder=str(folder), reason=_last_words(child))
    return load(folder)


def _last_words(child: subprocess.CompletedProcess[str]) -> str:
    if child.returncode < 0:
        return f"loading it ended a guarded process with signal {-child.returncode}"
    lines = child.stderr.strip().splitlines() or ["no message"]
    return f"a guarded process could not load it: {lines[-1][:500]}"


def _card_or_refuse(folder: Path) -> ModelCard:
    try:
        return _card(folder)
    except BadModelFile as error:
        raise ModelRefused(folder=str(folder), reason=str(error)) from error


def _card(folder: Path) -> ModelCard:
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    if CARD not in names:
        raise BadModelFile(f"there is no {CARD}")
    try:
        card = ModelCard.model_validate_json(_bytes(folder / CARD, _MAX_CARD))
    except ValidationError as error:
        first = error.errors()[0]
        raise BadModelFile(f"{CARD} is wrong at {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if card.file != FILE_NAMES[card.format]:
        raise BadModelFile(f"a {card.format} model lies in {FILE_NAMES[card.format]}, not in {card.file!r}")
    if names != sorted((CARD, card.file)):
        raise BadModelFile(f"it holds {', '.join(names)}; allowed are {CARD} and {card.file}, nothing else")
    return card


def _bytes(path: Path, limit: int) -> bytes:
    """A plain file's bytes. Links and devices are refused: what was verified must be what is read."""
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise BadModelFile(f"{path.name} is not a plain file")
    if status.st_size > limit:
        raise BadModelFile(f"{path.name} has {status.st_size:,} bytes, the limit is {limit:,}")
    return path.read_bytes()
