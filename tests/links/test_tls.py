"""Listening with TLS: a certificate made on the spot is trusted by who is given it, and by nobody else."""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from proxied import proxied
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from rtcli.errors import BadOption
from rtcli.links import reaching
from rtcli.links.server import serving
from rtcli.links.tls import _signed, given, made, named


@pytest.fixture(scope="module")
def certificate():
    return made("127.0.0.1")


def trusting(certificate):
    context = ssl.create_default_context(cadata=certificate.pem.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def hello(tmp_path, certificate, host="127.0.0.1", **options):
    async def hold():
        async with (
            serving() as url,
            proxied(url.removesuffix("/v1/realtime"), tmp_path, tls=certificate.context) as proxy,
        ):
            assert proxy.address.startswith("wss://")
            async with connect(proxy.url.replace("127.0.0.1", host), **options) as client:
                return await client.recv()

    return asyncio.run(asyncio.wait_for(hold(), 20))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_that_was_made_here_is_trusted_by_who_is_given_it(tmp_path, certificate, host):
    assert "session.created" in hello(tmp_path, certificate, host, ssl=trusting(certificate))


def test_it_is_trusted_by_nobody_else(tmp_path, certificate):
    with pytest.raises(ssl.SSLCertVerificationError):
        hello(tmp_path, certificate)


def test_the_fingerprint_is_that_of_the_certificate_and_there_is_no_key_beside_it(certificate):
    der = ssl.PEM_cert_to_DER_cert(certificate.pem.decode())
    assert certificate.fingerprint.replace(":", "").lower() == hashlib.sha256(der).hexdigest()
    assert b"PRIVATE KEY" not in certificate.pem


def test_an_upstream_with_tls_is_reached_when_it_is_trusted_and_an_error_when_not(tmp_path, certificate, monkeypatch):
    async def hold():
        async def echo(connection):
            async for message in connection:
                await connection.send(message)

        async with serve(echo, "127.0.0.1", 0, ssl=certificate.context, compression=None) as server:
            origin = f"wss://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            async with proxied(origin, tmp_path) as proxy:
                with pytest.raises(Exception, match="502"):
                    await connect(proxy.url)
                assert "certificate is not trusted" in proxy.said
                monkeypatch.setattr(reaching, "trust", lambda: trusting(certificate))
                async with connect(proxy.url) as client:
                    await client.send("x" * 1_000_000)
                    return await client.recv()

    assert asyncio.run(asyncio.wait_for(hold(), 20)) == "x" * 1_000_000


def test_upstreams_are_trusted_by_what_the_system_trusts():
    assert reaching.trust().verify_mode == ssl.CERT_REQUIRED
    assert reaching.trust().check_hostname


@pytest.mark.parametrize("together", [False, True])
def test_a_certificate_of_ones_own_is_shown(tmp_path, together):
    signed, key = _signed("127.0.0.1")
    pem = signed.public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "cert.pem").write_bytes(pem + secret if together else pem)
    (tmp_path / "key.pem").write_bytes(secret)
    own = given(tmp_path / "cert.pem", None if together else tmp_path / "key.pem")
    assert own.fingerprint == ""
    trusting_it = ssl.create_default_context(cadata=pem.decode())
    assert "session.created" in hello(tmp_path, own, ssl=trusting_it)


def test_files_that_are_no_certificate_of_ones_own_are_said_to_be_none(tmp_path, certificate):
    (tmp_path / "cert.pem").write_bytes(certificate.pem)
    for files in (
        (tmp_path / "cert.pem", None),
        (tmp_path / "cert.pem", tmp_path / "no.pem"),
        (tmp_path / "no.pem", None),
    ):
        with pytest.raises(BadOption, match="--tls-cert"):
            given(*files)


def test_without_the_package_it_is_said_how_to_get_it():
    program = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from rtcli.commands import run\n"
        "sys.exit(run(['proxy', 'demo', '--tls', '--listen', '127.0.0.1:0']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert "rtcli[tls]" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="the system has no files in memory")
def test_neither_key_nor_certificate_is_ever_in_a_folder(tmp_path, monkeypatch):
    made_there = []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    watching = threading.local()
    watching.on = True

    def watch(event, arguments):
        if event == "open" and getattr(watching, "on", False) and arguments[2] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
            made_there.append(arguments[0])

    sys.addaudithook(watch)
    made("127.0.0.1")
    with named(b"a certificate") as name:
        assert Path(name).read_bytes() == b"a certificate"
        assert stat.S_IMODE(os.stat(name).st_mode) == 0o600
        other = subprocess.run([sys.executable, "-c", f"print(open({name!r}).read())"], capture_output=True, text=True)
        assert other.stdout == "a certificate\n"
    watching.on = False
    assert not Path(name).exists()
    assert [one for one in made_there if not isinstance(one, int)] == []
