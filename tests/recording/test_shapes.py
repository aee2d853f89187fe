"""What secrets look like, where a closer look decides."""

from __future__ import annotations

import base64

import pytest

from rtcli.recording.redaction import Redaction


@pytest.mark.parametrize("said", ["user:pass1", "user:pass12", "user:pass123", "jane:~~~???>>>", "jürgen:geheim"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("padding", [True, False])
def test_user_and_password_go_as_http_sends_them(said, encode, padding):
    sent = encode(said.encode()).decode()
    sent = sent if padding else sent.rstrip("=")
    after = Redaction().text(f"It said Basic {sent} to me.")
    assert after.startswith("It said Basic ")
    assert sent[:10] not in after


def test_what_is_base64_of_no_user_and_password_stays():
    for raw in (b"nobody here", b"user:\x01\x02\x03\x04", bytes(range(256))):
        text = f"It said Basic {base64.b64encode(raw).decode()} to me."
        assert Redaction().text(text) == text


def test_behind_bearer_a_word_stays_and_a_run_that_no_word_is_as_long_as_goes():
    for word in ("lettersalone", "q" * 23):
        assert Redaction().text(f"bearer {word} it is") == f"bearer {word} it is"
    for token in ("letters4lone", "q" * 24):
        assert token not in Redaction().text(f"bearer {token} it is")


@pytest.mark.parametrize("said", ["jane:hunter2", "jane", ":hunter2", "jane:"])
def test_user_and_password_in_a_url_go_and_the_host_stays(said):
    after = Redaction().text(
        f"see postgres://{said}@db/calls, and https://{said}@api.example.org/, and max@example.org"
    )
    assert "jane" not in after
    assert "hunter2" not in after
    assert "@db/calls" in after
    assert "@api.example.org/" in after
    assert "max@" not in after


def test_a_url_with_neither_user_nor_password_stays():
    assert Redaction().text("see postgres://:@db/calls") == "see postgres://:@db/calls"
