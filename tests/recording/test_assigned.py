"""Secrets that are told by the name before them."""

from __future__ import annotations

import pytest

from rtcli.recording.assigned import could_be, holds_credentials, is_credential, is_harmless_header, is_short_code
from rtcli.recording.redaction import Redaction


@pytest.mark.parametrize(
    ("name", "it_is"),
    [
        ("apiKey", True),
        ("X-Api-Key", True),
        ("OPENAI_API_KEY", True),
        ("refresh_token", True),
        ("pin", True),
        ("hairpin", False),
        ("next_page_token", False),
        ("eos_token", False),
        ("max_tokens", False),
        ("key", False),
    ],
)
def test_a_field_is_one_for_a_secret_by_the_end_of_its_name(name, it_is):
    assert is_credential(name) is it_is


def test_what_holds_several_secrets_and_what_says_nothing_of_who_sends_it():
    assert holds_credentials("API-keys")
    assert not holds_credentials("api_key")
    assert is_harmless_header("Content-Type")
    assert not is_harmless_header("X-Tenant")


def test_three_digits_are_a_secret_only_where_a_card_has_them():
    assert is_short_code("card_cvv")
    assert is_short_code("CVV2")
    assert not is_short_code("cvv_policy")
    assert could_be("123", "cvc")
    assert not could_be("12", "cvc")
    assert not could_be("123", "password")
    assert could_be("1234", "password")


@pytest.mark.parametrize(
    "word",
    [
        *("Bearer", " required ", "<your key>", "<YOUR_KEY>", "<your", "   a   "),
        *("$OPENAI_API_KEY", "${KEY}", "$key", "$(cat key.txt)", "$env:KEY"),
        *("{key}", "{{ key }}", "${{ secrets.KEY }}"),
    ],
)
def test_a_word_that_stands_where_a_secret_will_be_is_none(word):
    assert not could_be(word)


@pytest.mark.parametrize("password", ["$ecret99", "<abc123>", "{hunter2", "{{hunter2", "$(hunter2", "<3 forever 7"])
def test_a_secret_may_begin_as_what_stands_for_one_does(password):
    assert could_be(password)


@pytest.mark.parametrize("value", ["ab1d", "ab-d", "abcdefghijkl"])
def test_what_is_assigned_goes_if_it_is_long_or_no_plain_word(value):
    redaction = Redaction()
    assert value not in redaction.text(f"It has token={value} in it.")
    assert redaction.counts == {"assigned secret": 1}


@pytest.mark.parametrize("value", ["patience", "abcdefghijk", "ab1", "$TOKEN_2", "required"])
def test_what_is_assigned_stays_if_it_is_a_word_or_a_name(value):
    text = f"It has token={value} in it."
    assert Redaction().text(text) == text
