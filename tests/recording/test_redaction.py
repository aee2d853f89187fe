"""What is taken out of a text, and what is not."""

from __future__ import annotations

import base64
import json
import re
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from planted import CARD, SECRETS, secret_part, with_check_digit
from sweeping import ALL, examples

from rtcli.recording import nested
from rtcli.recording.personal import is_card, is_iban
from rtcli.recording.redaction import Redaction
from rtcli.recording.shapes import KEYS


@pytest.mark.parametrize("name", SECRETS)
def test_each_shape_goes_and_the_text_around_it_stays(name):
    secret = SECRETS[name]
    after = Redaction().text(f"It is {secret} I think.")
    assert secret_part(secret).strip() not in after
    assert after.startswith("It is ")
    assert after.endswith(" I think.")
    assert len(after) == len(secret) + len("It is  I think.")


ORDINARY = [
    "The order 1234567890 came at 12:30:45 on 2026-11-20 10:00:00, for 1,234,567.89 dollars.",
    "Let us count: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10. And back: 9 8 7 6 5 4 3 2 1.",
    "I used 1500 tokens, 16 milliseconds, version 10.12.1 and 192.168.100.200.",
    "See https://platform.openai.com/docs/guides/realtime-websocket?lang=python#connect for that.",
    "My task-list: ask-me-anything, risk-averse, desk-lamp. Basic authentication, bearer of good news.",
    "The secret of success is patience; the token is spent, the password was wrong.",
    "From 1999 to 2026, 50 - 60 people; 2026-11-20T19:00:00.123456Z; 00:01:02.500; page 12-14.",
    "ISBN 978-3-16-148410-0 and 6f9619ff-8b86-d011-b42d-00cf4fc964ff and call_aB3dE5fG7hI9jK1l.",
    "In 1000000 years, 3.14159265358979, 1e10, -0.0000001, 25 %, #1234567.",
    "Invoice 4000 1234 5678 9011 is no card, for its last digit is wrong.",
    "@everyone: meet at 5 @ Tom's",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays(text):
    redaction = Redaction()
    assert redaction.text(text, ("text",), 1) == text
    assert redaction.doubts == []
    assert not redaction.counts


PHONES = [
    "+1 415 555 2671",
    "+44 (0)20 7946 0958",
    "+4915112345678",
    "0049 30 901820",
    "(415) 555-2671",
    "415-555-2671",
    "1-800-555-2671",
    "020 7946 0958",
    "06 12 34 56 78",
    "030/9018200",
    "01711234567",
]


@pytest.mark.parametrize("number", PHONES)
def test_telephone_numbers_go_as_people_write_them(number):
    after = Redaction().text(f"It is {number}.")
    assert not re.search(r"[2-9]", after)
    assert re.sub(r"\d", "#", after) == re.sub(r"\d", "#", f"It is {number}.")


def test_a_number_that_could_be_anything_goes_where_the_words_say_that_one_can_call_it():
    assert Redaction().text("Call me at 555-0192, please.") != "Call me at 555-0192, please."
    assert Redaction().text("Take bus 555-0192, please.") == "Take bus 555-0192, please."


def test_check_digits_tell_cards_and_accounts():
    assert is_card(CARD)
    assert not is_card(CARD[:-1] + str((int(CARD[-1]) + 1) % 10))
    assert is_card(with_check_digit("37828224631000"))
    assert is_iban("GB82 WEST 1234 5698 7654 32")
    assert not is_iban("GB83 WEST 1234 5698 7654 32")


def test_a_field_that_is_named_for_a_secret_is_emptied_whatever_is_in_it():
    body = '{"db":{"password":"correct horse"},"apiKey":"q-7","note":"correct horse","maxTokens":12,"token":"abcd1234"}'
    after = Redaction().json(body)
    assert after.count("correct horse") == 1
    assert "abcd1234" not in after
    assert '"maxTokens":12' in after
    assert len(after) == len(body)


def test_patterns_of_the_users_own_go_by_their_name_and_only_in_their_group():
    redaction = Redaction([re.compile(r"order (?P<order>[A-Z]{3}-\d{4})")])
    after = redaction.text("It is order ABC-1234, not DEF-5678.")
    assert "ABC-1234" not in after
    assert "DEF-5678" in after
    assert redaction.counts == {"order": 1}


@pytest.mark.parametrize(
    ("field", "gone"),
    [
        ("city", ["Leeds"]),
        ("arguments.city", ["Leeds"]),
        ("arguments", ["Leeds", "2"]),
        ("metadata.*", ["gold"]),
        ("c?ty", ["Leeds"]),
        ("data.*", []),
    ],
)
def test_fields_are_emptied_by_name_by_path_and_by_glob_inside_of_strings_too(field, gone):
    body = '{"metadata":{"tier":"gold"},"item":{"arguments":"{\\"city\\":\\"Leeds\\",\\"n\\":2}","name":"f"}}'
    redaction = Redaction(fields=[field])
    after = redaction.json(body)
    for word in ("Leeds", "gold"):
        assert (word not in after) == (word in gone)
    assert bool(redaction.fields_met) == bool(gone)
    assert len(after) == len(body)


TEXT = st.text(
    st.sampled_from(list('ab1 "\\{}:,[]%2@.-+/ékß漢😀\nBearer sk')) | st.characters(codec="utf-8"), max_size=60
)


@settings(max_examples=examples(150), deadline=None)
@example('"', SECRETS["Azure, storage"], "\\\x80")
@given(TEXT, st.sampled_from(list(SECRETS.values())), TEXT)
def test_a_text_keeps_its_length_in_characters_and_in_bytes_and_is_settled_after_one_pass(before, secret, after):
    text = before + secret + after
    redacted = Redaction().text(text)
    assert [len(character.encode()) for character in redacted] == [len(character.encode()) for character in text]
    assert Redaction().text(redacted) == redacted


def test_every_shape_says_where_it_is_documented_and_how_it_is_told():
    for shape in KEYS:
        assert shape.source
        assert shape.signs
        assert all(sign == sign.lower() for sign in shape.signs)
    assert len({shape.kind for shape in KEYS}) == len(KEYS)


def test_codes_that_callers_tell_go_by_the_names_of_their_fields():
    body = '{"pin":"4711","otp":471147,"t":"%s","ssn":"078-05-1120"}' % SECRETS["OpenAI"]
    after = Redaction().json(body)
    assert not any(code in after for code in ("4711", "078-05-1120", SECRETS["OpenAI"]))
    assert len(after) == len(body)


def test_the_name_of_a_field_that_is_a_secret_is_not_told_with_a_doubtful_place():
    redaction = Redaction()
    token = "Zx9" + "qW3eR7tY1uI5oP8aS2dF6gH4jK0lM" + "nB"
    redaction.json('{"a":{"%s":{"%s":"%s"}}}' % (SECRETS["Slack"], token[::-1], token))
    assert [doubt.path for doubt in redaction.doubts] == ["$.a.*.*"]


KEY = SECRETS["OpenAI, of a project"]
WORD = "Qw3rtz" + "88"
"""A secret without a shape of its own, too short to be doubted."""


@pytest.mark.parametrize(
    "body",
    [
        {"tools": [{"type": "mcp", "server_label": "a", "headers": {"X-Tenant": WORD}}]},
        {"headers": [{"name": "Authorization", "value": WORD}]},
        {"headers": [["x-api-key", WORD]]},
        {"rawHeaders": ["Host", "h", "Cookie", WORD]},
        {"api_keys": ["first", WORD]},
        {"secrets": {"a": {"b": WORD}}},
        {"message": f'Bearer "{WORD}"'},
        {"message": f"Bearer: {WORD}"},
        {"message": f"Incorrect API key provided: {WORD}. Look it up."},
        {"message": f"run it with --api-key {WORD} --fast"},
        {"message": f"curl -u jane:{WORD} https://h"},
        {"message": f"DB_PASSWORD='a b {WORD}'"},
        {"message": f"mykey{KEY}"},
        {"message": f"{KEY[:24]}\u200b{KEY[24:]}"},
        {"message": f"{KEY[:24]}\n    {KEY[24:60]}\n{KEY[60:]}"},
        {"data": base64.b64encode(json.dumps({"password": WORD, "user": "jane"}).encode()).decode()},
        {"data": base64.urlsafe_b64encode(f"??? ~~~ key: {KEY}".encode()).decode().rstrip("=")},
        {"image_url": "data:text/plain;base64," + base64.b64encode(f"this is it: {KEY}".encode()).decode()},
    ],
)
def test_a_secret_goes_that_only_what_stands_around_it_tells(body):
    redaction = Redaction()
    written = json.dumps(body)
    after = redaction.json(written)
    plain = after.replace("+", "-").replace("/", "_")
    runs = [run[: len(run) // 4 * 4] for run in re.findall(r"[\w-]{40,}", plain)]
    seen = after + "".join(base64.urlsafe_b64decode(run).decode("latin-1") for run in runs)
    assert not any(part in seen for part in (WORD, KEY[:20], KEY[24:50], KEY[-20:]))
    assert len(after) == len(written)
    assert json.loads(after).keys() == json.loads(written).keys()
    assert Redaction().json(after) == after


@pytest.mark.parametrize(
    "body",
    [
        {"headers": [{"name": "Host", "value": WORD}], "rawHeaders": ["Authorization-Kind", WORD]},
        {"tools": [{"headers": {"Accept": "text/event-stream", "MCP-Protocol-Version": "2025-06-18"}}]},
        {"parameters": {"properties": {"credentials": {"type": "object", "description": f"as {WORD} has it"}}}},
        {"required": ["password", "email_2"], "enum": ["token", WORD]},
        {"message": "Incorrect API key provided: sk-proj-*****1234."},
        {"data": base64.b64encode(b"A text that nobody has to hide, of 2026.").decode()},
        {"data": base64.b64encode(bytes(range(256))).decode()},
        {"message": "curl --user-agent thing/1:2 https://h", "cvv_policy": "123"},
    ],
)
def test_what_only_looks_alike_stays(body):
    redaction = Redaction()
    written = json.dumps(body)
    assert redaction.json(written) == written
    assert redaction.counts == {}


def test_a_number_that_was_emptied_is_not_emptied_again():
    after = Redaction(fields=["n"]).json('{"cvv":123,"cvc":"456","pin":4711,"n":12345}')
    assert not any(code in after for code in ("123", "456", "4711", "12345"))
    settled = Redaction(fields=["n"])
    assert settled.json(after) == after
    assert settled.counts == {}


@pytest.mark.parametrize("unit", ["key=", "1 ", "[1,"])
def test_a_long_text_of_what_secrets_are_made_of_is_read_in_time_that_grows_with_its_length(unit):
    """If it grew with the square of it, this would take from a minute to an hour."""
    run = unit * ((300_000 if ALL else 100_000) // len(unit))
    text = f'{{"v":{run if unit.startswith("[") else json.dumps(run)}}}'
    assert len(Redaction().json(text)) == len(text)


@pytest.mark.parametrize("unit", ["hello key=1 ", "hello %41 "])
def test_a_long_line_needs_little_more_memory_than_some_copies_of_it(unit):
    text = json.dumps({"v": unit * ((500_000 if ALL else 200_000) // len(unit))})
    redaction = Redaction()
    tracemalloc.start()
    try:
        assert redaction.json(text) == text
        assert tracemalloc.get_traced_memory()[1] < 40 * len(text)
    finally:
        tracemalloc.stop()


def test_the_strings_of_a_text_that_is_cut_anywhere_are_found():
    whole = r'{"a\"b":"c\\","d":["\u0041\n",1,"é"]}'
    strings = [r"a\"b", r"c\\", "d", r"\u0041\n", "é"]
    for end in range(len(whole) + 1):
        found = [whole[leaf.start : leaf.end] for leaf in nested.leaves(whole[:end]) if leaf.is_string]
        assert found[:-1] == strings[: max(0, len(found) - 1)]
        assert all(strings[len(found) - 1].startswith(one) for one in found[-1:])


def test_a_pattern_of_the_users_own_is_looked_for_in_short_texts_and_in_numbers_too():
    redaction = Redaction([re.compile(r"(?P<order>\b[A-Z]{3}\b)"), re.compile(r"(?P<customer>\b77\d{3}\b)")])
    after = redaction.json('{"a":"ABC","b":"is ABC","c":77123,"d":78123,"e":"77123"}')
    assert "ABC" not in after
    assert "77123" not in after
    assert '"d":78123' in after
    assert json.loads(after).keys() == set("abcde")
    assert redaction.counts == {"order": 2, "customer": 2}
    settled = Redaction([re.compile(r"(?P<customer>\b77\d{3}\b)")])
    assert settled.json(after) == after


def test_what_is_redacted_quietly_is_not_counted_and_what_comes_after_it_is():
    redaction = Redaction()
    token = "Zx9qW3eR7tY1uI5oP8aS2dF6"
    assert KEY not in redaction.quietly(f"It is {KEY}, {token}.")
    assert (redaction.counts, redaction.doubts) == ({}, [])
    redaction.text(f"It is {KEY}, {token}.", ("text",), 1)
    assert (redaction.counts, len(redaction.doubts)) == ({"openai key": 1}, 1)


def test_how_often_and_in_how_many_lines_is_counted():
    redaction = Redaction()
    for redaction.line, text in ((1, f"{KEY} {KEY}"), (1, KEY), (2, KEY)):
        redaction.text(text)
    assert (redaction.counts["openai key"], redaction.lines["openai key"]) == (4, 2)


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        ('{"cvv":"123"}', "123"),
        ('{"cvv":123}', "123"),
        ('{"password":"correct \\"horse\\" battery"}', "correct"),
        ('{"secrets":"{\\"a\\":\\"%s\\"}"}' % WORD, WORD),
        ('{"message":"body was {\\\\\\"token\\\\\\": \\\\\\"%s\\\\\\"}"}' % WORD, WORD),
        ('{"phone":"555 019"}', "555"),
        ('{"caller":"5550192"}', "5550192"),
        ('{"phone":5550192}', "5550192"),
        ('{"n":%s}' % CARD, CARD),
        (
            '{"message":"see %s."}' % "".join(f"%{ord(one):02X}" for one in KEY),
            f"%{ord(KEY[9]):02X}%{ord(KEY[10]):02X}",
        ),
        ('{"message":"Basic dXNlcjpwYXNzMQ"}', "dXNlcjpw"),
        ('{"%s":1}' % KEY, KEY),
        ('{"a":%s}' % KEY, KEY),
    ],
)
def test_what_is_secret_goes_and_the_json_around_it_is_as_long(body, gone):
    after = Redaction().json(body)
    assert gone not in after
    assert len(after) == len(body)
    assert after[:2] == body[:2]


@pytest.mark.parametrize(
    "body",
    [
        '{"pin":"471"}',
        '{"pin":471}',
        '{"token":"required","password":"<your password>"}',
        '{"phone":"55519"}',
        '{"phone":555019}',
        '{"n":5550192}',
        '{"message":"Basic dXNlcm5hbWU and Basic abcdefghi"}',
        '{"phone":"on the 24th of 11 2026"}',
        '{"n":%s5}' % CARD,
        '{"maxTokens":4096,"t":-12345.678,"ok":true}',
        '{"logprobs":[{"token":"password1"}]}',
    ],
)
def test_what_is_too_short_or_a_word_or_another_number_stays(body):
    redaction = Redaction()
    assert redaction.json(body) == body
    assert redaction.counts == {}


def test_json_in_a_field_that_is_emptied_is_still_json_of_the_same_shape():
    body = json.dumps({"arguments": json.dumps({"city": "Leeds", "n": 2, "deep": {"x": ["y"]}})})
    after = json.loads(json.loads(Redaction(fields=["arguments"]).json(body))["arguments"])
    assert after.keys() == {"city", "n", "deep"}
    assert "Leeds" not in str(after)
    secret = json.loads(json.loads(Redaction().json('{"secrets":"{\\"a\\":\\"%s\\"}"}' % WORD))["secrets"])
    assert secret.keys() == {"a"}


def test_a_key_goes_from_base64_in_base64_and_a_doubt_is_told_where_that_begins():
    def packed(text):
        return base64.b64encode(text.encode()).decode()

    body = {"data": packed(f"this is it: {packed(f'the key {KEY} of mine')}, isn't it?")}
    after = json.loads(Redaction().json(json.dumps(body)))["data"]
    inner = re.search(r"it: (\S+),", base64.b64decode(after).decode())[1]
    assert base64.b64decode(inner).decode().startswith("the key ")
    assert KEY[10:30] not in base64.b64decode(inner).decode()
    redaction = Redaction()
    redaction.json(json.dumps({"data": f"so: {packed('this is Zx9qW3eR7tY1uI5oP8aS2dF6 then')}"}))
    assert [doubt.place for doubt in redaction.doubts] == [4]


def test_doubts_are_told_up_to_a_number_and_where_each_is():
    redaction = Redaction()
    token = "Zx9qW3eR7tY1uI5oP8aS2dF6"
    redaction.json(json.dumps({"a": [{"b": token}], "c": [token] * 300}))
    assert len(redaction.doubts) == 200
    assert [doubt.path for doubt in redaction.doubts[:2]] == ["$.a[0].b", "$.c[0]"]


def test_of_a_header_the_word_that_says_how_it_is_meant_stays():
    redaction = Redaction()
    assert redaction.json('{"authorization":"Bearer %s"}' % WORD).startswith('{"authorization":"Bearer ')
    redaction.json('{"phone":5550192,"n":%s}' % CARD)
    assert redaction.counts == {"secret field": 1, "phone number": 1, "card number": 1}


def test_a_field_that_was_emptied_or_is_empty_is_not_counted_again():
    redaction = Redaction(fields=["city"])
    after = redaction.json('{"city":"Leeds","n":{"city":""}}')
    assert redaction.counts == {"field": 1}
    settled = Redaction(fields=["city"])
    assert settled.json(after) == after
    assert settled.counts == {}
    assert settled.fields_met == {"city"}


@pytest.mark.parametrize(
    "said",
    [
        '[laughs] I said "hello" to Anna',
        'Anna said "hello" \\ and left',
        '"Hello" said Anna',
        '{"of": Anna, "said": "Anna"',
        "[Anna \"said\" 4711, 'no']",
    ],
)
def test_a_field_is_emptied_whatever_signs_are_in_it(said):
    redaction = Redaction(fields=["note"])
    after = redaction.json(json.dumps({"note": said, "other": "Anna 4711"}))
    assert not any(word in json.loads(after)["note"] for word in ("Anna", "4711", "laughs", "hello", "left"))
    assert json.loads(after)["other"] == "Anna 4711"
    assert redaction.fields_met == {"note"}
    settled = Redaction(fields=["note"])
    assert settled.json(after) == after
    assert settled.counts == {}


def test_a_field_is_emptied_however_short_or_deep_it_is():
    assert '"Ely"' not in Redaction(fields=["city"]).json('{"city":"Ely"}')
    body = '{"city":"Leeds"}'
    for _ in range(6):
        body = json.dumps({"city": body})
        assert "Leeds" not in Redaction(fields=["city"]).json(body)


@pytest.mark.parametrize(
    "password",
    [
        f'my "{WORD}" \\ and {WORD}x',
        f"C:\\{WORD}\\x",
        f'[x] "ab" {WORD}',
        f'{{"a":{WORD}',
        f'{{"a":"{WORD}"}}',
        f'"{WORD}" {WORD}',
    ],
)
def test_a_secret_goes_by_the_name_of_its_field_whatever_signs_are_in_it(password):
    after = Redaction().json(json.dumps({"password": password, "note": WORD}))
    assert WORD not in json.loads(after)["password"]
    assert json.loads(after)["note"] == WORD


@pytest.mark.parametrize(
    "body", ['{"secrets":{"door":471147}}', '{"name":"otp","value":471147}', '{"pin":{"value":-471147}}']
)
def test_a_number_is_a_secret_by_the_same_names_as_a_text(body):
    assert "471147" not in Redaction().json(body)


@pytest.mark.parametrize(
    "told",
    [f'{{"door":"{WORD}"', f'{{"door":"open"}} or {WORD}', f'["{WORD}", and {WORD[::-1]}]', f'{"[" * 5000}"{WORD}"'],
)
def test_what_only_begins_as_json_goes_as_a_whole_where_all_that_lies_in_a_field_is_secret(told):
    """Credentials that were cut off, or with words around them: what of it is outside of strings is secret too."""
    after = json.loads(Redaction().json(json.dumps({"credentials": told, "note": WORD})))
    assert len(after["credentials"]) == len(told)
    assert not any(word in after["credentials"] for word in ("door", "open", "or", "and", WORD, WORD[::-1]))
    assert after["note"] == WORD


DECIMAL_CARD = f"{CARD[0]}.{CARD[1:]}"


@pytest.mark.parametrize(
    "body", ['{"t":%s}' % DECIMAL_CARD, '{"caller_silence_s":12.34567}', '{"usd_per_token":0.00012}']
)
def test_a_number_with_a_fraction_is_a_measure_and_no_secret(body):
    assert Redaction().json(body) == body


def wrapped(text, times):
    for _ in range(times):
        text = json.dumps({"a": text})
    return text


def test_what_is_wrapped_several_times_is_looked_into():
    assert WORD not in Redaction().json(wrapped('{"password":"%s"}' % WORD, 3))
    quoted = KEY
    for _ in range(4):
        quoted = "".join(f"%{ord(character):02X}" for character in quoted)
    assert Redaction().text(f"see {quoted}") != f"see {quoted}"
    packed = KEY
    for _ in range(4):
        packed = base64.b64encode(f"it is {packed}".encode()).decode()
    assert Redaction().text(packed) != packed


def test_a_text_that_is_wrapped_thousands_of_times_is_read_all_the_same():
    for text in ("%" + "25" * 5000 + "41", "[" * 5000 + '"a"', "\\" * 5000 + '"'):
        assert Redaction().text(text) == text


def test_keys_that_are_met_are_known_afterwards_and_not_counted():
    redaction = Redaction()
    redaction.meet('{"api_key":"%s9","note":"Zx9qW3eR7tY1uI5oP8aS2dF6"}' % (WORD * 2))
    assert (redaction.counts, redaction.lines, redaction.doubts) == ({}, {}, [])
    assert WORD not in redaction.text(f"x{WORD * 2}9x")
    assert redaction.counts == {"secret field": 1}


@pytest.mark.parametrize(
    "body",
    [
        '{"note":"It is %s"}',
        '{"note":{"api_key":"%s"}}',
        r'{"note":"{\"a\":\"%s\"}"}',
        '{"note":%s}',
    ],
)
@pytest.mark.parametrize(
    "own", [{"fields": ["note"]}, {"patterns": [re.compile("(?P<all>.*ek_.*)")]}], ids=["field", "pattern"]
)
def test_keys_go_from_other_places_too_though_all_around_them_goes(body, own):
    redaction, key = Redaction(**own), SECRETS["OpenAI, ephemeral"]
    redaction.meet(body % key)
    assert redaction.counts == {}
    redaction.customs = []
    assert key not in redaction.json('{"other":"x%sx"}' % key)
    assert redaction.counts.total() == 1


def test_of_some_values_something_else_is_made():
    def instead(leaf):
        return {"sound": lambda _: "…", "at": lambda _: "0"}.get(leaf.path[-1])

    body = '{"sound":"a\\u00e9\\nb","said":"a\\u00e9\\nb","at":12,"of":12}'
    assert Redaction().json(body, (), 0, instead) == '{"sound":"…","said":"a\\u00e9\\nb","at":0,"of":12}'


@pytest.mark.parametrize("name", ["a@b.co", "jane@example.org", KEY])
def test_the_name_of_a_field_may_be_an_address_or_a_key(name):
    assert name not in Redaction().json('{"%s":1}' % name)


def test_a_pattern_of_the_users_own_is_looked_for_in_names_and_leaves_json_as_it_is():
    assert "ABC" not in Redaction([re.compile("ABC")]).json('{"ABC":"xABC"}')
    body = '{"ok":true,"n":[null,false]}'
    assert json.loads(Redaction([re.compile(r"[a-z]{4,}")]).json(body)) == json.loads(body)


def test_a_doubtful_place_is_told_once_and_not_where_ids_stand():
    redaction = Redaction()
    token = "Zx9qW3eR7tY1uI5oP8aS2dF6"
    redaction.json(json.dumps({"event_id": token, "note": token, "arguments": json.dumps({"x": f"a {token}"})}))
    assert [(doubt.path, doubt.place) for doubt in redaction.doubts] == [("$.note", 0), ("$.arguments.x", 2)]


def test_a_doubtful_place_in_base64_is_told_by_the_field_that_it_lies_in():
    redaction = Redaction()
    packed = base64.b64encode(b"this is Zx9qW3eR7tY1uI5oP8aS2dF6 then").decode()
    redaction.json(json.dumps({"sk-abcdefghijklmnop": {"data": f"so: {packed}"}}))
    assert [doubt.path for doubt in redaction.doubts] == ["$.*.data"]


def test_a_doubtful_place_is_told_beside_a_backslash_too():
    redaction = Redaction()
    redaction.json(json.dumps({"note": "in C:\\x was Zx9qW3eR7tY1uI5oP8aS2dF6"}))
    assert [(doubt.path, doubt.place) for doubt in redaction.doubts] == [("$.note", 12)]


def test_a_field_that_is_emptied_was_found_whatever_its_name_says():
    redaction = Redaction(fields=["password"])
    assert "hunter" not in redaction.json(json.dumps({"password": '{"a": "hunter"}'}))
    assert (redaction.fields_met, redaction.counts) == ({"password"}, {"field": 1})
