"""The bootstrap: what Envoy is told once, at its start. Everything that moves comes from the watched folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from regrow.frozen import Frozen
from regrow.serving.local.envoy.naming import LISTENER, ROUTES

FILTERS = "type.googleapis.com/envoy.extensions.filters"
MAX_BODY = 2 << 20
"""Bytes; above what a predictor takes, so that its own sentence about the limit reaches the caller."""


class EnvoyPlace(Frozen):
    """Where one Envoy listens and reads."""

    folder: Path
    """Holds bootstrap.json and the watched xds/."""
    access_log: Path
    host: str
    port: int
    admin_port: int

    @property
    def watched(self) -> Path:
        return self.folder / "xds"

    @property
    def clusters(self) -> Path:
        return self.watched / "cds.json"

    @property
    def routes(self) -> Path:
        return self.watched / "rds.json"


def bootstrap_document(place: EnvoyPlace) -> dict[str, Any]:
    return {
        "node": {"id": "regrow", "cluster": "regrow"},
        # Admin can stop Envoy and shows everything: it stays on loopback wherever the listener is.
        "admin": {"address": _address("127.0.0.1", place.admin_port)},
        "dynamic_resources": {"cds_config": _watched(place, place.clusters)},
        "static_resources": {"listeners": [_listener(place)]},
        "overload_manager": {
            "resource_monitors": [
                {
                    "name": "envoy.resource_monitors.global_downstream_max_connections",
                    "typed_config": {
                        "@type": "type.googleapis.com/envoy.extensions.resource_monitors"
                        ".downstream_connections.v3.DownstreamConnectionsConfig",
                        "max_active_downstream_connections": 10_000,
                    },
                }
            ]
        },
    }


def _watched(place: EnvoyPlace, path: Path) -> dict[str, Any]:
    source = {"path": str(path), "watched_directory": {"path": str(place.watched)}}
    return {"path_config_source": source, "resource_api_version": "V3"}


def _address(host: str, port: int) -> dict[str, Any]:
    return {"socket_address": {"address": host, "port_value": port}}


def _listener(place: EnvoyPlace) -> dict[str, Any]:
    manager = {
        "@type": f"{FILTERS}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": LISTENER,
        "codec_type": "AUTO",
        "generate_request_id": True,
        "always_set_request_id_in_response": True,
        # A caller's id is the key under which the answer is found again.
        "preserve_external_request_id": True,
        "normalize_path": True,
        "merge_slashes": True,
        "common_http_protocol_options": {"idle_timeout": "300s"},
        "stream_idle_timeout": "30s",
        "request_timeout": "30s",
        "rds": {"route_config_name": ROUTES, "config_source": _watched(place, place.routes)},
        "http_filters": [_buffer(), _router()],
        "access_log": [_access_log(place.access_log)],
    }
    chain = {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
    return {"name": LISTENER, "address": _address(place.host, place.port), "filter_chains": [chain]}


def _buffer() -> dict[str, Any]:
    config = {"@type": f"{FILTERS}.http.buffer.v3.Buffer", "max_request_bytes": MAX_BODY}
    return {"name": "envoy.filters.http.buffer", "typed_config": config}


def _router() -> dict[str, Any]:
    return {"name": "envoy.filters.http.router", "typed_config": {"@type": f"{FILTERS}.http.router.v3.Router"}}


def _access_log(path: Path) -> dict[str, Any]:
    line = {
        "at": "%START_TIME(%Y-%m-%dT%H:%M:%S.%6fZ)%",
        "id": "%REQ(X-REQUEST-ID)%",
        "method": "%REQ(:METHOD)%",
        "path": "%REQ(:PATH)%",
        "code": "%RESPONSE_CODE%",
        "flags": "%RESPONSE_FLAGS%",
        "cluster": "%UPSTREAM_CLUSTER%",
        "attempts": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
        "version": "%RESP(X-SERVED-VERSION)%",
        "microseconds": "%COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)%",
    }
    config = {
        "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
        "path": str(path),
        "log_format": {"json_format": line},
    }
    return {"name": "envoy.access_loggers.file", "typed_config": config}
