"""What stands in the place of a secret."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.recording.placeholders import KEPT, Placeholders, blank, is_placeholder, like, number_like
from rtcli.recording.redaction import Redaction

KINDS = st.sampled_from(["openai key", "email", "phone number", "card number", "iban", "pattern"])
SECRET = st.text(st.sampled_from('aB3é漢😀"\\/ \n.-@'), min_size=2, max_size=30)


def shape(text):
    return [len(character.encode()) for character in text]


@given(KINDS, SECRET)
def test_a_placeholder_is_as_long_and_what_needs_an_escape_stays(kind, secret):
    made = Placeholders().of(kind, secret)
    assert shape(made) == shape(secret)
    assert len(json.dumps(made)) == len(json.dumps(secret))
    assert [one for one in made if one in '"\\/\n'] == [one for one in secret if one in '"\\/\n']


@pytest.mark.parametrize("kind", ["openai key", "phone number", "email"])
def test_equal_secrets_have_one_placeholder_and_others_another(kind):
    form = "+49 {}" if kind == "phone number" else "mail{}@h.example" if kind == "email" else "sk-{}"
    placeholders = Placeholders()
    secrets = [form.format(f"{number * 7 + 12345678901:016}") for number in range(1500)]
    made = [placeholders.of(kind, secret) for secret in secrets]
    assert len(set(made)) == 1500
    assert [placeholders.of(kind, secret) for secret in secrets] == made


def test_even_codes_of_three_digits_are_told_apart():
    placeholders = Placeholders()
    assert len({placeholders.of("secret field", code) for code in ("123", "456", "789")}) == 3


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6, 13, 14, 15, 16, 20, 39])
@pytest.mark.parametrize("number", [1, 34, 35, 36, 1224, 1225])
def test_a_placeholder_is_known_as_one_whatever_its_length_and_its_number(size, number):
    placeholders = Placeholders()
    for before in range(number - 1):
        placeholders.of("key", f"another {before}")
    made = placeholders.of("key", "Q" * size)
    assert is_placeholder(made), made
    assert len(made) == size


@pytest.mark.parametrize("secret", ["j@h.example", "jane.doe@mail.example.org", "jane@mäil.example"])
def test_an_address_stays_an_address_that_nobody_has(secret):
    placeholders = Placeholders()
    first, second = placeholders.of("email", secret), placeholders.of("email", secret.replace("j", "k"))
    assert first != second
    assert first.count("@") == 1
    assert [len(part) for part in first.partition("@")[2].split(".")] == [
        len(part) for part in secret.partition("@")[2].split(".")
    ]
    assert not set(first.partition("@")[2]) - set("x.х")


def test_a_number_keeps_what_stands_between_its_digits_and_ends_in_its_count():
    placeholders = Placeholders()
    assert placeholders.of("phone number", "+49 (171) 234-5678") == "+00 (000) 000-0001"
    assert placeholders.of("phone number", "+49 (171) 234-5679") == "+00 (000) 000-0002"
    assert placeholders.of("iban", "GB82 WEST 1234 5698") == "XX00 XXXX 0000 0001"


@pytest.mark.parametrize("word", ["redacted", "xxxx", "xxxx12", "x/x", "my-redacted-key"])
def test_words_that_stand_for_a_secret_are_placeholders(word):
    assert is_placeholder(word)


@pytest.mark.parametrize("word", ["x", "", "Qw3rtz", "axxx", "xxxx1234"])
def test_other_words_are_not(word):
    assert not is_placeholder(word)


@given(SECRET)
def test_of_a_blank_text_nothing_is_left_but_what_json_may_write_in_several_ways(text):
    empty = blank(text)
    assert shape(empty) == shape(text)
    assert [one if one in KEPT else "" for one in text] == [one if one in KEPT else "" for one in empty]
    assert not set(empty) - KEPT - set("xхẋ𝚡")


@pytest.mark.parametrize("old", ["a", "\x7f", "\x80", "\u07ff", "\u0800", "\uffff", "\U00010000"])
def test_a_character_in_place_of_another_is_as_long(old):
    assert len(like(old, "x").encode()) == len(old.encode())


def test_half_a_character_stays():
    assert [like(half, "x") for half in ("\ud800", "\udfff")] == ["\ud800", "\udfff"]
    assert like("\ud7ff", "x") != "\ud7ff"
    assert like("\ue000", "x") != "\ue000"


@pytest.mark.parametrize("number", ["7", "-7", "42", "-42", "4.25", "12.5e-3", "0.5", "1E9"])
def test_a_number_becomes_one_that_is_as_long_and_valid_json(number):
    made = number_like(number)
    json.loads(made)
    assert len(made) == len(number)
    assert [one for one in made if not one.isdigit()] == [one for one in number if not one.isdigit()]
    assert set(made) - set(number) <= set("01")
    assert number_like(made) == made


@pytest.mark.parametrize("text", ["jane at home", "@jane", "jane@", "one@two@three", "a"])
def test_what_a_pattern_of_the_users_own_calls_an_address_may_be_none(text):
    redaction = Redaction([re.compile(rf"write to (?P<email>{text})")])
    after = redaction.text(f"write to {text}, please")
    assert text not in after.removeprefix("write to ").removesuffix(", please")
    assert redaction.counts == {"email": 1}


def test_of_a_secret_what_json_may_write_in_several_ways_stays():
    made = Placeholders().of("key", 'a"b\\c/d e\nf and some more of it')
    assert [made[place] for place in (1, 3, 5, 7, 9)] == ['"', "\\", "/", " ", "\n"]


@pytest.mark.parametrize("size", [6, 7, 8])
def test_a_number_that_stands_for_another_begins_as_none_does_however_many_there_are(size):
    placeholders = Placeholders()
    for number in range(150):
        assert placeholders.of("phone number", f"2{number:0{size - 1}}").startswith("00000")


@pytest.mark.parametrize("number", [1, 36, 2000])
def test_an_address_is_as_long_however_many_there_are(number):
    placeholders = Placeholders()
    for before in range(number):
        made = placeholders.of("email", f"a@h{before:05}.example")
    assert made.endswith("@xxxxxx.xxxxxxx")
    assert len(made) == len("a@h00000.example")


@pytest.mark.parametrize("size", [6, 24])
@pytest.mark.parametrize("letter", ["é", "\N{REPLACEMENT CHARACTER}", "🔑"])
def test_a_secret_with_letters_of_any_script_is_replaced_by_what_is_known_as_a_placeholder(letter, size):
    for place in range(size):
        secret = ("Zq8wL2mN5xT7vR1pK4sDf6Gh"[:place] + letter).ljust(size, "9")
        made = Placeholders().of("key", secret)
        assert is_placeholder(made), made
        assert [len(one.encode()) for one in made] == [len(one.encode()) for one in secret]
