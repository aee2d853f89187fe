"""The strings in JSON text: found with their paths, read, and put back."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rtcli.recording import nested

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def walked(value, path=()):
    """Every name and every value that is no object and no list: path, itself, whether it is a name."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name), name, True
            yield from walked(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walked(inner, (*path, index))
    else:
        yield path, value, False


def read(text):
    for leaf in nested.leaves(text):
        written = text[leaf.start : leaf.end]
        yield leaf.path, json.loads(f'"{written}"' if leaf.is_string else written), leaf.is_name


@given(JSON, st.booleans(), st.sampled_from([None, 1]))
@example([{}, "a", [], [1, {"b": [2]}, 3], {"c": {"d": 4}, "e": 5}], False, None)
def test_every_value_and_every_name_is_found_with_the_path_that_leads_to_it(value, ascii_only, indent):
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert list(read(text)) == list(walked(value))


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('"a" "b"', [(), ()]),
        ('{"a":1} {"b":2}', [("a",), ("a",), ("b",), ("b",)]),
        ('{} "a"', [()]),
        (', "a", "b"', [(), ()]),
        (': "a"', [()]),
        (']} {"a":[1', [("a",), ("a", 0)]),
        ('{"a":{"b":1}],"c":2', [("a",), ("a", "b"), ("a", "b"), (), ()]),
    ],
)
def test_text_that_is_no_whole_json_is_taken_as_far_as_it_goes(text, paths):
    assert [leaf.path for leaf in nested.leaves(text)] == paths


def test_a_word_without_quotes_is_no_name():
    assert [(leaf.is_string, leaf.is_name) for leaf in nested.leaves("{a:1,b")] == [(False, False)] * 3
    assert [leaf.is_name for leaf in nested.leaves('{["a"')] == [False], "nor is what stands in a list"


@pytest.mark.parametrize("depth", [63, 64, 65, 200])
def test_of_a_path_that_leads_very_deep_both_ends_are_kept(depth):
    names = [f"n{level}" for level in range(depth)]
    text = "".join(f'{{"{name}":' for name in names) + "1"
    path = list(nested.leaves(text))[-1].path
    assert path == (tuple(names) if depth <= 64 else (*names[:32], *names[-32:]))


def test_what_is_written_as_escapes_is_read_with_the_place_of_each_character():
    body = r"a\u00e9\n\ud83d\ude00\/\q!"
    written = nested.unescaped(body)
    assert written.text == "aé\n😀/q!"
    assert [body[start:end] for start, end in zip(written.starts, written.starts[1:], strict=False)] == [
        *("a", r"\u00e9", r"\n", r"\ud83d\ude00", r"\/", r"\q", "!"),
    ]
    assert nested.unescaped("plain") == ("plain", None)


def test_what_is_written_as_in_a_url_is_read_with_the_place_of_each_character():
    text = "a%20b%2Fc%0A%C3%A9%7e"
    assert nested.is_percent_encoded(text)
    assert not nested.is_percent_encoded("100 %, %zz")
    written = nested.unquoted(text)
    assert written.text == "a b/c\n%C3%A9~"
    assert text[written.starts[1] : written.starts[2]] == "%20"
    assert len(written.starts) == len(written.text) + 1


@given(st.text(st.sampled_from('aé漢😀\n"\\/ x'), min_size=1, max_size=12), st.booleans(), st.data())
def test_a_text_is_put_back_as_long_and_what_changed_is_what_was_meant(text, ascii_only, data):
    body = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
    others = {"a": "b", "é": "х", "漢": "ẋ", "😀": "𝚡", "x": "y"}
    new = "".join(data.draw(st.sampled_from([one, others.get(one, one)])) for one in text)
    put = nested.put_back(body, nested.unescaped(body), new)
    assert json.loads(f'"{put}"') == new
    assert len(put.encode()) == len(body.encode())


@pytest.mark.parametrize(
    ("old", "new"), [("😀", "𝚡"), ("é", "х"), ("漢", "ẋ"), ("\U00010000", "\U0010fbff"), ("😀", "\U00010000")]
)
def test_a_character_that_was_written_as_an_escape_is_put_back_as_one(old, new):
    body = json.dumps(old)[1:-1]
    assert nested.put_back(body, nested.unescaped(body), new) == json.dumps(new)[1:-1]


def test_what_is_written_as_in_a_url_or_needs_no_escape_is_put_back_in_the_same_way():
    text = "x=%70%77%64é%20"
    assert nested.put_back(text, nested.unquoted(text), "x=xyzх ") == "x=%78%79%7Aх%20"
    assert nested.put_back(r"a\qb", nested.unescaped(r"a\qb"), "axb") == r"a\/b", "as long, and nothing of it is left"


HELLO = "Hello? This is a text ~~~ for you."


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("alphabet", [b"+/", b"-_"])
@pytest.mark.parametrize(
    "text",
    [
        HELLO,
        HELLO + "?",
        HELLO + "??>",
        "so they ask??? and ask again, you",
        "a>>>b>>>c>>>d>>>e and so on it goes",
        "it began — and went on…",
        "two\nlines\tand\r\nmore ÿþ漢",
    ],
)
def test_base64_of_a_text_is_found_read_and_written_again(text, alphabet, padded):
    run = base64.b64encode(text.encode(), alphabet).decode()
    run = run if padded else run.rstrip("=")
    whole = f"it is {run}, no?"
    (one,) = nested.encoded(whole)
    assert (whole[one.start : one.end], one.text) == (run, text)
    assert one.is_for_urls == ("-" in run or "_" in run)
    assert nested.encoded_again(one, one.text, run) == run
    assert nested.is_encoded(run)
    assert not nested.is_encoded(f"{run}, {run}")
    assert not nested.is_encoded(f"a {run} b")


@pytest.mark.parametrize(
    "raw",
    [
        bytes(range(48)),
        b"a text and then\x00 something else",
        b"\xff" * 30,
        b"a long text " * 10 + b"\x00 and more",
        b"a long text " * 10 + b"\xc3",
        b"too short",
    ],
)
def test_base64_of_something_else_is_passed_over(raw):
    assert list(nested.encoded(base64.b64encode(raw).decode())) == []
