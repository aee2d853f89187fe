"""A key that was recognised in one place is found where nothing tells of it."""

from __future__ import annotations

import json

import pytest

from rtcli.recording.keyring import Keyring
from rtcli.recording.redaction import Redaction

KEY = "Zq8wL2mN5xT7vR1pK4sD"


def keyring(*keys, kind="secret field"):
    made = Keyring()
    for key in keys:
        made.add(kind, key)
    return made


def test_a_key_is_found_in_the_middle_of_a_word():
    text = f"got{KEY}and {KEY}"
    assert keyring(KEY).has_any_of(text)
    spans = list(keyring(KEY).spans(text, ("event", "note")))
    assert [(text[start:end], kind) for start, end, kind in spans] == [(KEY, "secret field")] * 2
    assert [start for start, _, _ in spans] == [3, 3 + len(KEY) + 4]


def test_a_key_stays_of_the_kind_as_which_it_was_met_first():
    made = keyring(KEY, kind="openai key")
    made.add("secret field", KEY)
    assert list(made.spans(KEY, ("event", "note"))) == [(0, len(KEY), "openai key")]


def test_signs_in_a_key_stand_for_themselves():
    key = "a+b.c*1234567890(x"
    assert list(keyring(key).spans(f"_{key}_", ())) == [(1, 1 + len(key), "secret field")]


@pytest.mark.parametrize("key", ["Zq8wL2mN5x/T7vR1pK4sD", 'Zq8wL2mN5x"T7vR1pK4sD', "Zq8wL2mN5x\\T7vR1pK4sD"])
def test_a_key_is_found_however_json_writes_it(key):
    once = json.dumps(key)
    for written in (once, json.dumps(once), once.replace("/", "\\/")):
        assert keyring(key).has_any_of(f'{{"note":{written}}}')


@pytest.mark.parametrize(
    "secret", ["short1", "a password of 5 words", "correcthorsebatterystaple", "1234567890123456789"]
)
def test_what_may_be_a_word_or_a_number_in_other_places_is_no_key(secret):
    assert not keyring(secret).has_any_of(secret)


@pytest.mark.parametrize("kind", ["email", "phone number", "iban", "sip address", "order"])
def test_what_is_of_a_person_or_of_the_users_own_patterns_is_no_key(kind):
    assert not keyring(KEY, kind=kind).has_any_of(KEY)


@pytest.mark.parametrize("field", ["event_id", "item_id", "id", "type", "object", "from"])
def test_ids_and_types_stay_whatever_somebody_called_a_key(field):
    assert not list(keyring(KEY).spans(KEY, ("event", field)))


def test_so_many_are_kept_that_a_text_is_searched_in_bounded_time():
    many = [f"{KEY}{number:04}" for number in range(300)]
    made = keyring(*many)
    assert made.has_any_of(many[255])
    assert not made.has_any_of(many[256])


@pytest.mark.parametrize("turned", [False, True])
def test_a_key_that_begins_with_another_is_one_key(turned):
    keys = [KEY, f"{KEY}-and-9-more-letters-of-it"]
    made = Redaction()
    for key in reversed(keys) if turned else keys:
        made.json(f'{{"api_key": "{key}"}}')
    short, long = (made.text(f"it was {key}.") for key in keys)
    assert keys[1] not in long
    assert long.count("redacted") == short.count("redacted") == 1
