"""Certificates of the lab's web server: a good one, and those that browsers warn of."""

import atexit
import ipaddress
import shutil
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.lab import world_map

Certificate = Literal["ok", "expired", "wrong-name", "self-signed"]
Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]

_NAMES = [x509.DNSName("*.example.com")] + [
    x509.IPAddress(ipaddress.ip_address(world_map.address("target", version))) for version in (4, 6)
]
_OTHER_NAMES = [x509.DNSName("www.elsewhere.example")]
_SIGNS = x509.KeyUsage(
    key_cert_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


@cache
def issued() -> tuple[Path, dict[Certificate, ssl.SSLContext]]:
    """The file of the authority to trust, and what a server needs to show each certificate.

    All worlds of a process have the same, until it ends.
    """
    folder = Path(tempfile.mkdtemp(prefix="netdesk-lab-"))
    atexit.register(shutil.rmtree, folder)
    ca = _issue("Lab authority", [], None)
    file = folder / "ca.pem"
    file.write_bytes(ca[0].public_bytes(serialization.Encoding.PEM))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    pairs: dict[Certificate, Pair] = {
        "ok": _issue("ok", _NAMES, ca),
        "expired": _issue("expired", _NAMES, ca, until=yesterday),
        "wrong-name": _issue("wrong name", _OTHER_NAMES, ca),
        "self-signed": _issue("self-signed", _NAMES, None),
    }
    return file, {name: _context(folder / f"{name}.pem", pair) for name, pair in pairs.items()}


def _issue(
    subject: str, names: list[x509.GeneralName], by: Pair | None, until: datetime | None = None
) -> Pair:
    """Signed by an authority, or by itself; without names it is one."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(by[0].subject if by else own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(until or now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        .add_extension(_of_key(key), critical=False)
    )
    for extension in (*_names(names), *_issuer(by)):
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(by[1] if by else key, hashes.SHA256()), key


def _of_key(key: ec.EllipticCurvePrivateKey) -> x509.SubjectKeyIdentifier:
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key())


def _names(names: list[x509.GeneralName]) -> list[x509.ExtensionType]:
    return [x509.SubjectAlternativeName(names)] if names else [_SIGNS]


def _issuer(by: Pair | None) -> list[x509.ExtensionType]:
    """Python checks strictly from 3.13 on: RFC 5280 section 4.2.1.1 wants it."""
    if by is None:
        return []
    known = _of_key(by[1])
    return [x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known)]


def _context(file: Path, pair: Pair) -> ssl.SSLContext:
    key = pair[1].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(key + pair[0].public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
