"""Passwords that the lab makes up at its first start, readable by its owner alone."""

from __future__ import annotations

import json
import secrets

from lab.node import places


def password(name: str) -> str:
    path = places.made(places.home()) / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if name not in known:
        known[name] = secrets.token_hex(16)
        path.touch(mode=0o600)
        path.write_text(json.dumps(known, indent=1) + "\n")
    return known[name]
