"""A real S3 service on a free port of this machine: moto's server, with what S3 does and moto does not.

S3 refuses bytes that do not hash to the checksum they were sent with; moto keeps both.
"""

from __future__ import annotations

import base64
import hashlib
import io
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from pydantic import SecretStr

from regrow.settings import S3Settings
from support.local_serving import free_port

KEY = "regrow-test"
BUCKET = "regrow"
_REFUSAL = (
    b'<?xml version="1.0"?><Error><Code>BadDigest</Code>'
    b"<Message>The SHA256 you specified did not match what we received.</Message></Error>"
)
_START = "import sys; from support.s3_server import serve; serve(int(sys.argv[1]))"


class S3Server:
    """A child process that keeps everything in its memory. Takes parts of any size."""

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    @property
    def settings(self) -> S3Settings:
        return settings(self.port)

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(self.port)],
            env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin", "S3_UPLOAD_PART_MIN_SIZE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/moto-api/", timeout=5):
                    return
            except OSError:
                assert self._process.poll() is None, "moto did not start"
                assert time.monotonic() < deadline, "moto did not answer within 60 s"
                time.sleep(0.05)

    def client(self) -> Any:
        return client(self.port)

    def make_bucket(self, name: str = BUCKET) -> str:
        self.client().create_bucket(Bucket=name)
        return f"s3://{name}"

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


def settings(port: int) -> S3Settings:
    return S3Settings(
        endpoint=f"http://127.0.0.1:{port}", region="us-east-1", access_key=KEY, secret_key=SecretStr("secret")
    )


def client(port: int) -> Any:
    return boto3.session.Session().client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key="secret",
    )


@contextmanager
def s3_server() -> Iterator[S3Server]:
    server = S3Server()
    try:
        yield server
    finally:
        server.stop()


Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def _checking(application: Application) -> Application:
    """Refuses what arrived differently from what was sent, as S3 does."""

    def checked(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        promised = environ.get("HTTP_X_AMZ_CHECKSUM_SHA256")
        if environ["REQUEST_METHOD"] != "PUT" or not promised:
            return application(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if base64.b64encode(hashlib.sha256(body).digest()).decode() != promised:
            start_response("400 Bad Request", [("Content-Type", "application/xml")])
            return [_REFUSAL]
        return application({**environ, "wsgi.input": io.BytesIO(body)}, start_response)

    return checked


def serve(port: int) -> None:
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import run_simple

    application = DomainDispatcherApplication(create_backend_app)
    run_simple("127.0.0.1", port, _checking(application), threaded=True)
