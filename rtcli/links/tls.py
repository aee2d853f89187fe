"""TLS for the listening end: a certificate of one's own, or one made on the spot for this machine."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from rtcli.errors import BadOption

DAYS: Final = 30
_ALWAYS: Final = ("localhost", "127.0.0.1", "::1")


class Certificate(Struct):
    """What the listening end shows, and how it can be recognised."""

    context: ssl.SSLContext
    fingerprint: str = ""
    """SHA-256 of a certificate that was made here."""
    pem: bytes = b""
    """The certificate that was made here, without its key."""


def given(certificate: Path, key: Path | None) -> Certificate:
    """The certificate of these files.

    Raises:
        BadOption: they cannot be read, or do not belong together.

    """
    context = _context()
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except FileNotFoundError as error:
        missing = key if certificate.exists() else certificate
        raise BadOption("--tls-cert", f"there is no file {missing}") from error
    except (OSError, ssl.SSLError) as error:
        why = "the files hold no certificate with its key, or the key has a password"
        raise BadOption("--tls-cert", why, "give the certificate as --tls-cert and its key as --tls-key") from error
    return Certificate(context)


def _no_password() -> str:
    """Nobody is asked for a password."""
    return ""


def made(host: str) -> Certificate:
    """A new certificate for this machine and `host`; its key is in no folder where the system can do without.

    Raises:
        BadOption: what makes certificates is not installed.

    """
    try:
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        why = "making a certificate needs the package cryptography"
        remedy = "install rtcli with the extra: pip install 'rtcli[tls]', or give --tls-cert and --tls-key"
        raise BadOption("--tls", why, remedy) from error
    certificate, key = _signed(host)
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = _context()
    with named(secret + pem) as name:
        context.load_cert_chain(name)
    return Certificate(context, certificate.fingerprint(hashes.SHA256()).hex(":").upper(), pem)


@contextmanager
def named(pem: bytes) -> Iterator[str]:
    """A name that leads to these bytes while the block runs, for those who take nothing but files.

    It is that of a file in memory where the system has such: it goes with the process, however that ends.
    Source: memfd_create(2), proc_pid_fd(5).
    """
    descriptor = os.memfd_create("rtcli", os.MFD_CLOEXEC) if hasattr(os, "memfd_create") else None
    if descriptor is not None:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)
            file.write(pem)
            file.flush()
            name = f"/proc/{os.getpid()}/fd/{descriptor}"
            if os.access(name, os.R_OK):
                yield name
                return
    with tempfile.NamedTemporaryFile(prefix="rtcli-", suffix=".pem") as other:  # 0600, as tempfile makes them
        other.write(pem)
        other.flush()
        yield other.name


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _signed(host: str):  # type: ignore[no-untyped-def] # noqa: ANN202 - types of a package that may be missing
    """A certificate that signs itself, and its key.

    It may sign others, but none below it: that is what lets it be trusted by being given as an authority.
    Source: RFC 5280, section 4.2.1.9.
    """
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rtcli proxy")])
    now = dt.datetime.now(dt.UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    names = [_named(one, x509) for one in dict.fromkeys((*_ALWAYS, host)) if one not in {"0.0.0.0", "::"}]  # noqa: S104
    builder = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, hashes.SHA256()), key


def _named(host: str, x509):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - as above
    """A host as a certificate names it."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
