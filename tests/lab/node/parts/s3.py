"""An S3 in memory: what it holds lasts as long as its process."""

from __future__ import annotations

import sys
from pathlib import Path

from lab.node import addresses, probes
from lab.node.part import Part
from lab.node.process import Process

ENDPOINT = f"http://{addresses.NODE}:{addresses.S3}"
REGION = "us-east-1"
BUCKETS = ("mlflow", "regrow")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "lab",
    "AWS_SECRET_ACCESS_KEY": "lab-secret",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ENDPOINT_URL_S3": ENDPOINT,
}
"""What a client has to know; it takes any key."""


def process() -> Process:
    own = {"MOTO_S3_CUSTOM_ENDPOINTS": ENDPOINT}
    return Process("s3", _command, probes.answers(f"{ENDPOINT}/moto-api/"), environment=own)


def _command() -> list[str | Path]:
    return [sys.executable, "-m", "moto.server", "--host", addresses.NODE, "--port", str(addresses.S3)]


def _settle() -> None:
    for bucket in BUCKETS:
        probes.put(f"{ENDPOINT}/{bucket}")


PART = Part("s3", process, settle=_settle, after=("network",))
