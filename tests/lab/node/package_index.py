"""How a build reaches the Python package index that this machine reaches.

Settings travel as mounts and as variables of the build alone; the image keeps none of them.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path

_PREFIXES = ("PIP_", "UV_")
_CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_NOT_FOR_BUILDS = ("UV_PYTHON", "UV_PROJECT", "UV_CACHE", "UV_TOOL", "PIP_TARGET", "PIP_PREFIX", "PIP_CACHE")
"""Beginnings of settings that say where things lie on this machine."""

_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
"""Where Debian's programs look, in the image."""


def flags() -> list[str]:
    return [*_variables(), *_mounts()]


def _variables() -> list[str]:
    found: list[str] = []
    for name, value in {**_settings(), **{name: _BUNDLE for name in _CERTIFICATES}}.items():
        found += ["--env", f"{name}={value}", "--unsetenv", name]
    return found


def _settings() -> dict[str, str]:
    taken = {name: value for name, value in os.environ.items() if name.startswith(_PREFIXES)}
    kept = {name: value for name, value in taken.items() if not name.startswith(_NOT_FOR_BUILDS)}
    return {name: _BUNDLE if name == "PIP_CERT" else value for name, value in kept.items()}


def _mounts() -> list[str]:
    at = {
        _BUNDLE: _bundle(),
        "/etc/pip.conf": _first("/etc/pip.conf", "~/.config/pip/pip.conf", "~/.pip/pip.conf"),
        "/etc/uv/uv.toml": _first("/etc/uv/uv.toml", "~/.config/uv/uv.toml"),
        **{folder: Path(folder) for folder in os.environ.get("PIP_FIND_LINKS", "").split() if Path(folder).is_dir()},
    }
    found: list[str] = []
    for inside, outside in at.items():
        if outside is not None:
            found += ["--volume", f"{outside}:{inside}:ro"]
    return found


def _bundle() -> Path | None:
    """The authorities that this machine trusts: one more than Debian's, where a proxy of its own looks inside."""
    paths = ssl.get_default_verify_paths()
    named = [os.environ.get(name) for name in _CERTIFICATES]
    return _first(*(path for path in (*named, paths.cafile, paths.openssl_cafile, _BUNDLE) if path))


def _first(*paths: str) -> Path | None:
    return next((path for path in (Path(path).expanduser() for path in paths) if path.is_file()), None)
