"""What a check of a pipeline's meaning says about one of its fields."""

from __future__ import annotations

from dataclasses import dataclass

from regrow.spec.tree import Path


@dataclass(frozen=True, slots=True)
class Finding:
    path: Path
    """Of the field that is to be changed."""
    message: str
    allowed: tuple[str, ...] = ()
    nearest: str | None = None
    warning: bool = False
    """Only to be known; the pipeline is accepted."""
    reads: tuple[Path, ...] = ()
    """Other fields that it depends on. Where one of them is wrong itself, this is not told."""
