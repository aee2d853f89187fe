"""The mask of what was said."""

from __future__ import annotations

import json
from itertools import pairwise

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
