"""The lab's own authority, and the certificates that it signs: made once, kept as long as the lab's state."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lab.node import places

_DAYS = 365
_USES = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)


@dataclass(frozen=True)
class Pair:
    certificate: Path
    key: Path


def authority() -> Pair:
    pair = _pair("authority")
    if not pair.certificate.exists():
        key = _new_key(pair)
        name = _subject("regrow lab", ())
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        signed = (
            _builder(name, name, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, hashes.SHA256())
        )
        _write(pair.certificate, signed)
    return pair


def certificate(name: str, groups: Sequence[str] = (), hosts: Sequence[str] = ()) -> Pair:
    """For a user `name` of these groups, and for a server of these hosts: addresses or DNS names."""
    pair = _pair(name.replace(":", "_"))
    if pair.certificate.exists():
        return pair
    above = authority()
    issuer = x509.load_pem_x509_certificate(above.certificate.read_bytes())
    issuer_key = _read_key(above.key)
    key = _new_key(pair)
    builder = _builder(_subject(name, groups), issuer.subject, key)
    builder = builder.add_extension(x509.ExtendedKeyUsage(_USES), critical=False)
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
    _write(pair.certificate, builder.sign(issuer_key, hashes.SHA256()))
    return pair


def signing_key() -> Path:
    """Of the tokens of service accounts."""
    pair = _pair("service-accounts")
    if not pair.key.exists():
        _new_key(pair)
    return pair.key


def _pair(name: str) -> Pair:
    folder = places.made(places.home() / "pki")
    return Pair(folder / f"{name}.crt", folder / f"{name}.key")


def _new_key(pair: Pair) -> ec.EllipticCurvePrivateKey:
    key = ec.generate_private_key(ec.SECP256R1())
    pair.key.touch(mode=0o600)
    pair.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    return key


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A machine whose clock is set back a little must still find it valid.
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=_DAYS))
    )


def _subject(name: str, groups: Sequence[str]) -> x509.Name:
    organizations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*organizations, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write(path: Path, signed: x509.Certificate) -> None:
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
