"""The mask of what was said."""

from __future__ import annotations

import json
import string
from itertools import pairwise
from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.recording.masking import Mask, Values, Words

MASK = Mask(b"key")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def pieces(text, cuts):
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


@given(st.text(), st.lists(st.integers(0, 40), max_size=5))
def test_the_mask_of_a_text_is_the_masks_of_its_pieces_one_behind_the_other(text, cuts):
    words = Words(MASK)
    masked = "".join(words.take(piece) for piece in pieces(text, cuts))
    assert masked == MASK.words(text) or text in ("[Object]", "[Array]")
    assert [len(c.encode("utf-8", "surrogatepass")) for c in masked] == [
        len(c.encode("utf-8", "surrogatepass")) for c in text
    ]


@given(JSON, st.booleans(), st.lists(st.integers(0, 80), max_size=5))
def test_masked_json_has_the_same_shape_wherever_it_is_cut(value, ascii_only, cuts):
    text = json.dumps(value, ensure_ascii=ascii_only)
    values = Values(MASK)
    masked = "".join(values.take(piece) for piece in pieces(text, cuts))
    assert masked == MASK.json(text)
    assert shape(json.loads(masked)) == shape(value)
    assert [len(c.encode()) for c in masked] == [len(c.encode()) for c in text]


def shape(value):
    if isinstance(value, dict):
        return {name: shape(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [shape(entry) for entry in value]
    return value if value is None or isinstance(value, bool) else type(value).__name__


def test_equal_words_stay_equal_and_others_do_not_become_so():
    said = "Our hours are Monday to Friday, our doors open at nine."
    masked = MASK.words(said).lower().split()
    words = said.lower().split()
    for one, mask in zip(words, masked, strict=True):
        for other, mask_of_other in zip(words, masked, strict=True):
            assert (one == other) == (mask == mask_of_other)
    assert not set(words) & set(masked)


def test_another_key_gives_another_mask():
    assert Mask(b"one").words("Good morning") != Mask(b"two").words("Good morning")


def test_what_a_logger_put_for_a_value_stays():
    assert MASK.words("[Object]") == "[Object]"


@pytest.mark.parametrize("prefix", ["", "a", "so7", "a" * 100])
def test_no_two_letters_and_no_two_digits_become_one(prefix):
    for alphabet in (string.ascii_lowercase, string.ascii_uppercase, string.digits):
        assert {MASK.letter(prefix, letter) for letter in alphabet} == set(alphabet)
    assert {MASK.first_digit(digit) for digit in "123456789"} == set("123456789")
    assert MASK.first_digit("0") == "0"


def test_any_alphabet_that_keeps_letters_apart_may_be_the_one_of_a_recording():
    """The first of n signs becomes any of n, and the next is as many steps further as have no divisor with n."""
    masks = [Mask(str(number).encode()) for number in range(6000)]
    alphabets = {
        26: {(mask.letter("", "a"), mask.letter("", "b")) for mask in masks},
        10: {(mask.letter("", "0"), mask.letter("", "1")) for mask in masks[:800]},
        9: {(mask.first_digit("1"), mask.first_digit("2")) for mask in masks[:1000]},
    }
    for size, found in alphabets.items():
        assert len(found) == size * sum(gcd(step, size) == 1 for step in range(size))


def test_a_key_may_be_as_long_as_it_likes():
    assert Mask(b"k" * 1000).words("Good morning") != "Good morning"


@pytest.mark.parametrize("letter", ["z", "\u00aa", "\u07ea", "\u0800", "\uffdc", "\U00010000"])
def test_a_letter_at_the_edge_of_what_is_as_long_as_it_becomes_one_as_long(letter):
    masked = MASK.words(letter)
    assert masked != letter
    assert len(masked.encode()) == len(letter.encode())


def test_who_knows_what_stands_for_a_letter_does_not_know_it_further_on_in_the_word():
    assert len(set(MASK.words("a" * 40))) > 5
    assert len(set(MASK.words("7" * 40))) > 3
    assert len(set(MASK.words("a" * 200)[100:])) == 1, "it need not be remembered for ever"


def test_capitals_stay_capitals_and_white_space_begins_another_word():
    masked = MASK.words("Go go\nGO")
    assert masked[0].isupper()
    assert masked[1].islower()
    one, other, third = masked.split()
    assert one.lower() == other == third.lower()
    assert third.isupper()


def test_the_digits_of_other_scripts_stay_as_long_as_they_were():
    assert len(MASK.words("٣٤ ३").encode()) == len("٣٤ ३".encode())
    assert len(MASK.json('[٣, 4², "²"]').encode()) == len('[٣, 4², "²"]'.encode())


def test_of_json_the_names_and_the_literals_stay_and_of_numbers_the_signs():
    masked = MASK.json('{"Anna": [true, false, null, -12.5e+3, "Anna", {"Anna": "a\\u00e9b\\nc"}, 0.5]}')
    read = json.loads(masked)
    assert list(read) == ["Anna"]
    assert read["Anna"][:3] == [True, False, None]
    assert read["Anna"][3] < 0
    assert "e+" in masked
    assert read["Anna"][4] != "Anna"
    assert list(read["Anna"][5]) == ["Anna"]
    assert "\n" in read["Anna"][5]["Anna"]
    assert 0 < read["Anna"][6] < 1
    assert MASK.json("[Array]") == "[Array]"
    assert "Anna" not in MASK.json('"Anna"')


def test_words_that_stand_outside_of_strings_are_masked_too():
    assert "Anna" not in MASK.json('{"name": Anna}')
    assert "trust" not in MASK.json("trust nobody")


@pytest.mark.parametrize(
    "text",
    [
        '"Anna"',
        '{"name":"Anna"}',
        '{"name":"x","of":"Anna"}',
        '["x","Anna"]',
        '[{"a":1},"Anna"]',
        '{"a":[{"b":1},"Anna"]}',
        '{} "Anna"',
        '{"a":1},"Anna"',
        ',"Anna"',
        '}]"Anna"',
    ],
)
def test_a_word_is_masked_wherever_it_is_a_value(text):
    assert "Anna" not in MASK.json(text)


@pytest.mark.parametrize("text", ['{"a":{"b":1},"Anna":1}', '{"a":[1,{}],"Anna":1}', '[{"a":"x"},{"Anna":"x"}]'])
def test_a_name_stays_whatever_came_before_it(text):
    assert '"Anna"' in MASK.json(text)


def test_a_word_goes_that_is_written_as_escapes_or_stands_behind_one():
    assert json.loads(MASK.json('"\\u0041\\u006e\\u006e\\u0061"')) == "yyyy"
    assert json.loads(MASK.json('{"\\u0041nna": "\\u0041"}')) == {"Anna": "y"}
    assert "Anna" not in MASK.json('"a\\nAnna"')
    one, other = json.loads(MASK.json('"Anna\\nAnna"')).split("\n")
    assert one == other


def test_of_a_number_every_digit_is_masked_and_of_a_word_every_letter():
    assert MASK.json("1000000")[1:] != "000000"
    assert MASK.json("Eve") == MASK.words("Eve")
    assert any(MASK.json(f"7{letter}")[1] != letter for letter in "abcdfghij")


@given(st.lists(st.sampled_from(["\\", "\\u", "\\u0", "\\u00f", '"', "é", "😀", "\udcd0", "f", "n", " "]), max_size=12))
def test_whatever_stands_behind_a_backslash_is_as_long_as_before(signs):
    text = '{"a":"' + "".join(signs)
    assert [len(c.encode("utf-8", "surrogatepass")) for c in MASK.json(text)] == [
        len(c.encode("utf-8", "surrogatepass")) for c in text
    ]


@pytest.mark.parametrize(
    ("hidden", "shown"), [(r"\q\w\z", r"\%s\%s\%s"), (r"\uqwz", r"\u%s%s%s"), (r"\u41qwz", r"\u00%s%s%s")]
)
def test_behind_a_backslash_that_begins_no_escape_words_are_masked_too(hidden, shown):
    assert MASK.json(f'{{"a":"{hidden}"}}') == f'{{"a":"{shown % tuple(MASK.words("qwz"))}"}}'


def test_a_string_ends_where_an_escape_is_cut_off():
    assert MASK.json(r'{"a":"\u00","name":"x"}').endswith(r'","name":"%s"}' % MASK.words("x"))
