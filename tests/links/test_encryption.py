"""TLS without I/O: however it is cut into pieces, and whatever else comes, what was said is what is heard."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
from subprocess import PIPE, STDOUT, Popen

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from rtcli.links.encryption import RECORD_BYTES, Encryption
from rtcli.links.tls import _signed, made

VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
CERTIFICATE = made("127.0.0.1")


def pair(version=ssl.TLSVersion.TLSv1_3, host="localhost", trusted=CERTIFICATE):
    """Both ends, before either has said anything."""
    context = ssl.create_default_context(cadata=trusted.pem.decode())
    context.minimum_version = context.maximum_version = version
    return Encryption(context, host=host), Encryption(CERTIFICATE.context, serving=True)


def agreed(version=ssl.TLSVersion.TLSv1_3, cut=1 << 20):
    asking, serving = pair(version)
    talk(asking, serving, cut)
    assert asking.agreed
    assert serving.agreed
    return asking, serving


def talk(asking, serving, cut=1 << 20):
    """Let each hear what the other sends, in pieces of a size, until both are silent."""
    asking.begin()
    while asking.pending or serving.pending:
        for speaker, hearer in ((asking, serving), (serving, asking)):
            for piece in pieces(speaker.outgoing(), cut):
                assert hearer.open(piece) == b""


def pieces(data, size):
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("cut", [1, 2, 5, 100])
def test_both_agree_however_their_handshake_is_cut(version, cut):
    asking, serving = agreed(version, cut)
    assert serving.open(asking.seal(b"hello")) == b"hello"
    assert asking.open(serving.seal(b"hello yourself")) == b"hello yourself"


TALKING = {version: agreed(version) for version in VERSIONS}


@given(
    texts=st.lists(st.integers(0, 3 * RECORD_BYTES), max_size=4),
    cut=st.integers(1, 40_000),
    version=st.sampled_from(VERSIONS),
)
def test_however_it_is_cut_what_was_said_is_what_is_heard(texts, cut, version):
    asking, serving = TALKING[version]
    said = [bytes([number]) * size for number, size in enumerate(texts)]
    wire = b"".join(map(asking.seal, said))
    assert b"".join(map(serving.open, pieces(wire, cut))) == b"".join(said)
    assert not serving.ended


def test_what_is_said_is_not_to_be_read_on_the_way():
    asking, _ = agreed()
    assert b"a secret" not in asking.seal(b"a secret" * 100)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_came_before_a_goodbye_is_heard_though_it_comes_with_it(version):
    asking, serving = agreed(version)
    assert serving.open(asking.seal(b"the last words") + asking.farewell()) == b"the last words"
    assert serving.ended
    assert serving.failure is None


@pytest.mark.parametrize("version", VERSIONS)
def test_what_came_before_somebody_changed_a_byte_is_heard_and_nothing_behind_it(version):
    asking, serving = agreed(version)
    good, changed, later = asking.seal(b"good"), bytearray(asking.seal(b"changed")), asking.seal(b"later")
    changed[-1] ^= 1
    assert serving.open(good + changed + later) == b"good"
    assert serving.ended
    assert isinstance(serving.failure, ssl.SSLError)
    asking.open(serving.outgoing())
    assert "ALERT" in asking.failure.reason  # it is told
    assert serving.seal(b"an answer") == b""


@pytest.mark.parametrize("version", VERSIONS)
def test_who_cannot_prove_to_be_the_host_is_not_agreed_with(version):
    other = made("127.0.0.1")
    for host, trusted in (("elsewhere.example", CERTIFICATE), ("localhost", other)):
        asking, serving = pair(version, host, trusted)
        talk(asking, serving)
        assert not asking.agreed
        assert isinstance(asking.failure, ssl.SSLCertVerificationError)
        assert isinstance(serving.failure, ssl.SSLError)
        assert "ALERT" in serving.failure.reason


def test_who_speaks_something_else_is_not_agreed_with():
    _, serving = pair()
    serving.open(b"GET / HTTP/1.1\r\n\r\n")
    assert serving.failure.reason == "HTTP_REQUEST"


@settings(max_examples=40)
@given(st.binary(min_size=1, max_size=200), st.booleans(), st.booleans())
def test_nonsense_says_nothing_and_raises_nothing(nonsense, as_a_record, before):
    asking, serving = pair() if before else agreed()
    if as_a_record:
        nonsense = b"\x17\x03\x03" + len(nonsense).to_bytes(2) + nonsense
    assert serving.open(nonsense) == b""
    assert serving.open(asking.seal(b"later") if asking.agreed else b"") == b""
    assert isinstance(serving.seal(b"an answer"), bytes)
    assert isinstance(serving.farewell(), bytes)


def test_a_goodbye_before_both_have_agreed_is_none():
    asking, _ = pair()
    asking.begin()
    asking.outgoing()
    assert asking.farewell() == b""


@pytest.fixture
def openssl(tmp_path):
    """A server of other people's, which can be told to ask for another agreement, and a connection to it."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl")
    signed, key = _signed("127.0.0.1")
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "own.pem").write_bytes(secret + signed.public_bytes(Encoding.PEM))
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "own.pem", "-tls1_2"]
    with Popen(command, cwd=tmp_path, stdin=PIPE, stdout=PIPE, stderr=STDOUT, bufsize=0) as server:
        try:
            said_by(server, b"ACCEPT 127.0.0.1:")
            port = int(said_by(server, b"\n"))
            context = ssl.create_default_context(cafile=tmp_path / "own.pem")
            with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
                yield server, wire, Encryption(context, host="localhost")
        finally:
            server.kill()


def said_by(server, word):
    """What it says up to a word."""
    said = b""
    while not said.endswith(word):
        piece = os.read(server.stdout.fileno(), 1)
        assert piece, f"it has ended: {said!r}"
        said += piece
    return said


def test_who_is_asked_to_agree_anew_says_later_what_it_was_about_to_say(openssl):
    server, wire, encryption = openssl
    encryption.begin()
    while not encryption.agreed:
        wire.sendall(encryption.outgoing())
        encryption.open(wire.recv(1 << 16))
    wire.sendall(encryption.seal(b"one, "))
    said_by(server, b"one, ")
    server.stdin.write(b"R\n")
    encryption.open(wire.recv(1 << 16))
    wire.sendall(encryption.seal(b"two, ") + encryption.seal(b"three"))
    assert encryption.waits
    while encryption.waits:
        encryption.open(wire.recv(1 << 16))
        wire.sendall(encryption.outgoing())
    assert b"two, three" in said_by(server, b"three")
