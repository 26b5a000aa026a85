"""What a check found."""

from __future__ import annotations

from regrow.frozen import Frozen


class Finding(Frozen):
    name: str
    ok: bool
    told: str
    fix: str = ""

    def row(self) -> dict[str, object]:
        return self.model_dump()
