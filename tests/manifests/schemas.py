"""Schemas of Kubernetes and of custom resources, made strict: a field that they do not know is an error."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

import yaml
from jsonschema import Draft7Validator
from jsonschema.protocols import Validator

from manifests.manifests_of import go_module

Kind = tuple[str, str]
"""apiVersion and kind."""

_KSERVE, _GATEWAY_API = "github.com/kserve/kserve@*", "sigs.k8s.io/gateway-api@*"
_ENVOY_GATEWAY = "github.com/envoyproxy/gateway@*"
_CUSTOM = (
    (_KSERVE, "config/crd/full/serving.kserve.io_servingruntimes.yaml"),
    (_KSERVE, "config/crd/full/clusterstoragecontainer/serving.kserve.io_clusterstoragecontainers.yaml"),
    (_GATEWAY_API, "config/crd/standard/gateway.networking.k8s.io_gateways.yaml"),
    (
        _ENVOY_GATEWAY,
        "charts/gateway-helm/charts/crds/crds/generated/gateway.envoyproxy.io_backendtrafficpolicies.yaml",
    ),
)


@functools.cache
def validators() -> Mapping[Kind, Validator]:
    return {**_built_in(), **_custom()}


def problems(item: Mapping[str, Any]) -> list[str]:
    """In words; one for each place."""
    validator = validators().get((item["apiVersion"], item["kind"]))
    if validator is None:
        return [f"no schema knows {item['apiVersion']} {item['kind']}"]
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(item)]


def _built_in() -> dict[Kind, Validator]:
    text = go_module("k8s.io/kubernetes@*", "api/openapi-spec/swagger.json").read_text()
    definitions = _strict(json.loads(text)["definitions"])
    definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] = {"type": ["integer", "string"]}
    definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = {"type": ["number", "string"]}
    found: dict[Kind, Validator] = {}
    for name, definition in definitions.items():
        for which in definition.get("x-kubernetes-group-version-kind", []):
            version = "/".join(filter(None, (which["group"], which["version"])))
            schema = {"$ref": f"#/definitions/{name}", "definitions": definitions}
            found[version, which["kind"]] = Draft7Validator(schema)
    return found


def _custom() -> dict[Kind, Validator]:
    found: dict[Kind, Validator] = {}
    for module, path in _CUSTOM:
        text = go_module(module, path).read_text()
        spec = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["spec"]
        for version in spec["versions"]:
            schema = _strict(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = Draft7Validator(schema)
    return found


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _strict(value) for name, value in schema.items()}
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict) and not is_open:
        found["additionalProperties"] = False
    return found
