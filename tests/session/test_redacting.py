"""No planted secret is left, nothing else changes, and what is concluded of a call stays."""

from __future__ import annotations

import base64
import json
import re
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from incidents.catalogue import INCIDENTS, NEAR_MISSES
from planted import PLACES, SECRETS, line, secret_part
from sweeping import ALL, by_turns, examples

from rtcli.causes.case import Case
from rtcli.causes.overview import overviews
from rtcli.causes.slow import slow_parts
from rtcli.events import Listener
from rtcli.formats import read_lines
from rtcli.formats.rtcli import read
from rtcli.recording.redaction import Redaction
from rtcli.reports.diagnosis import diagnosis
from rtcli.reports.info import FIELDS, info
from rtcli.reports.json import written
from rtcli.session.redacting import Redacting

RECORDINGS = Path(__file__).parents[2] / "recordings"


def redacted(lines, *, redaction=None, **options):
    work = Redacting(redaction or Redaction(), **options)
    entries = list(read(lines, Listener()))
    for entry in entries:
        work.learn(entry)
    work.learned()
    return [work.line(entry) for entry in entries]


def unwrapped(text, depth=0):
    """A text in every reading: JSON in it parsed, and what is written as in URLs or as base64."""
    yield text
    if depth > 5:
        return
    if "%" in text:
        yield from unwrapped(unquote(text), depth + 1)
    with suppress(ValueError):
        yield from unwrapped(base64.b64decode(text, validate=True).decode(), depth + 1)
    try:
        value = json.loads(text)
    except ValueError:
        return
    yield from strings(value, depth + 1)


def strings(value, depth):
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from unwrapped(name, depth)
            if name == "binary":
                yield base64.b64decode(entry).decode("utf-8", "replace")
            yield from strings(entry, depth)
    elif isinstance(value, list):
        for entry in value:
            yield from strings(entry, depth)
    elif isinstance(value, str):
        yield from unwrapped(value, depth)
    else:
        yield str(value)


def survivors(lines, secret):
    """Pieces of a secret of ten characters that can be read somewhere in the lines."""
    part = secret_part(secret).strip()
    pieces = {part[start : start + 10] for start in range(max(1, len(part) - 9))} - {"\n"}
    texts = [text for one in lines for text in unwrapped(one.decode())]
    return [piece for piece in pieces if any(piece in text for text in texts)]


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_goes_from_wherever_it_is_planted_and_nothing_else_changes(place):
    """The lines around it stay to the byte, and so does what stands before and behind it in its own."""
    for name, secret in by_turns(list(SECRETS.items()), list(PLACES).index(place), 5):
        before = [line({"type": "response.cancel"}, **{"from": "client"}), PLACES[place](secret), line(None, note="no")]
        after = redacted(before)
        assert survivors(after, secret) == [], name
        assert [len(one) for one in after] == [len(one) for one in before], name
        assert (after[0], after[2]) == (before[0], before[2])
        first, last = _edges(before[1], PLACES[place]("" if "\n" in secret or "escapes" not in place else "\x00"))
        assert (after[1][:first], after[1][last:]) == (before[1][:first], before[1][last:]), name
        assert redacted(after) == after, name


KEYS = [key for key in SECRETS.values() if re.fullmatch(r"(?=\D*\d)[\w-]{20,}", secret_part(key).strip())]
"""What can be told from a word of a language wherever it stands."""
ALL_BUT_SAID = re.compile(r"(?P<all>\A(?!x).+)", re.DOTALL)
"""Takes every text whole but the one that has a key in the middle of a word."""


@pytest.mark.parametrize("place", PLACES)
def test_a_key_goes_from_the_middle_of_a_word_wherever_it_was_planted(place):
    """Whatever else is to go there, and whether before or behind."""
    for secret in by_turns(KEYS, list(PLACES).index(place), 5):
        key = secret_part(secret).strip()
        said = line(
            {"type": "response.output_text.done", "item_id": "item_9", "text": f"x{key}x"}, **{"from": "server"}
        )
        delta = line(
            {"type": "response.output_text.delta", "item_id": "item_9", "delta": f"x{key}x"}, **{"from": "server"}
        )
        for own in (Redaction(), Redaction([], ["arguments", "x.*"]), Redaction([ALL_BUT_SAID])):
            after = redacted([said, delta, PLACES[place](secret), said, delta], redaction=own)
            assert key.encode() not in b"".join(after), key


def _edges(planted, empty):
    """Where what is planted begins and ends in its line, a few bytes for base64 and escapes more."""
    first = next(n for n, (a, b) in enumerate(zip(planted, empty, strict=False)) if a != b)
    last = next(n for n, (a, b) in enumerate(zip(planted[::-1], empty[::-1], strict=False)) if a != b)
    return max(0, first - 8), len(planted) - max(0, last - 8)


def streamed(text, cuts, kind, field, done, **more):
    """The text in deltas cut at these places, and its end."""
    edges = [0, *sorted(cuts), len(text)]
    fields = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0, **more}
    for number, (start, end) in enumerate(pairwise(edges)):
        yield line(
            {"type": f"{kind}.delta", "event_id": f"event_{number}", **fields, "delta": text[start:end]},
            **{"from": "server"},
        )
    yield line({"type": f"{kind}.{done}", "event_id": "event_end", **fields, field: text}, **{"from": "server"})


STREAMS = {
    "text": ("response.output_text", "text", "done"),
    "transcript": ("response.output_audio_transcript", "transcript", "done"),
    "user": ("conversation.item.input_audio_transcription", "transcript", "completed"),
    "arguments": ("response.function_call_arguments", "arguments", "done"),
}


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_a_secret_that_is_streamed_goes_wherever_the_deltas_are_cut(data):
    """The deltas still add up to what their end tells."""
    name = data.draw(st.sampled_from([name for name in SECRETS if name != "private key"]))
    kind, field, done = STREAMS[data.draw(st.sampled_from(list(STREAMS)))]
    secret = SECRETS[name]
    text = f"Well, {secret} is it, and that is all."
    if field == "arguments":
        encoded = data.draw(st.sampled_from([json.dumps, lambda one: '{"q":"' + _escaped(one["q"]) + '"}']))
        text = encoded({"q": text})
    cuts = data.draw(st.lists(st.integers(1, len(text) - 1), max_size=12, unique=True))
    before = list(streamed(text, cuts, kind, field, done))
    after = redacted(before)
    events = [json.loads(one)["event"] for one in after]
    joined = "".join(event["delta"] for event in events[:-1])
    assert joined == events[-1][field]
    assert survivors([*after, json.dumps(joined).encode()], secret) == []
    assert [len(one) for one in after] == [len(one) for one in before]
    if field == "arguments":
        assert json.loads(joined)["q"].startswith("Well, ")


def _escaped(text):
    return "".join(f"\\u{ord(character):04x}" for character in text)


def test_the_same_secret_gets_the_same_placeholder_and_another_one_another():
    first, second = SECRETS["OpenAI"], SECRETS["OpenAI, of a project"]
    before = [PLACES["a note"](f"{first} {second}"), PLACES["an argument"](first), PLACES["an error"](second)]
    note, argument, error = (json.loads(one) for one in redacted(before))
    one, two = note["note"].split()
    assert one != two
    assert json.loads(argument["event"]["arguments"])["a"][1]["b"] == one
    assert error["event"]["error"]["message"] == f"bad: {two} "


def test_ids_that_look_like_secrets_stay():
    ids = {
        "event_id": "event_DX4bqj8c0Yw3sPz9JkLmN",
        "item_id": "item_DX4bqj8c0Yw3sPz9JkLmN",
        "response_id": "resp_DX4bqj8c0Yw3sPz9JkLmN",
        "call_id": "call_aB3dE5fG7hI9jK1l",
        "session_id": "sess_DX4bqj8c0Yw3sPz9JkLmN",
        "previous_item_id": "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
    }
    work = Redaction()
    before = [
        line({"type": "vendor.ids", **ids, "expires_at": 1763664000, "audio_start_ms": 1234567}, **{"from": "server"})
    ]
    assert redacted(before, redaction=work) == before
    assert work.doubts == []


def test_what_looks_like_a_secret_of_no_shape_is_named_by_its_place_and_left():
    token = "Zx9" + "qW3eR7tY1uI5oP8aS2dF6gH4jK0lM" + "nB"
    work = Redaction()
    before = [line(None, note="a"), PLACES["a tool's output"](token)]
    assert redacted(before, redaction=work) == before
    assert [(doubt.line, doubt.path) for doubt in work.doubts] == [(2, "$.event.item.output.r.x")]
    assert token not in repr(work.doubts)


def test_a_torn_line_gives_nothing_away():
    whole = PLACES["an item's text"](SECRETS["OpenAI, of a project"])
    for end in range(len(whole) - 60, len(whole) - 8, 7):
        (after,) = redacted([whole[:end]])
        assert len(after) == end
        assert survivors([after], SECRETS["OpenAI, of a project"][:40]) == []


def test_pieces_beside_their_probabilities_say_no_more_than_the_transcript():
    number = "5 5 5 0 1 9 3"
    pieces = number.split(" ")
    tokens = [pieces[0], *(f" {piece}" for piece in pieces[1:])]
    probable = [{"token": token, "bytes": list(token.encode()), "logprob": -0.1} for token in tokens]
    kind = "conversation.item.input_audio_transcription.completed"
    before = line(
        {
            "type": kind,
            "event_id": "event_1",
            "item_id": "item_1",
            "content_index": 0,
            "transcript": number,
            "logprobs": probable,
        },
        **{"from": "server"},
    )
    event = json.loads(redacted([before])[0])["event"]
    assert "".join(one["token"] for one in event["logprobs"]) == event["transcript"]
    assert b"".join(bytes(one["bytes"]) for one in event["logprobs"]).decode() == event["transcript"]
    assert event["transcript"] != number


PIECES = st.sampled_from(
    [
        b'{"t":1,"from":"server","event":',
        b'{"type":"',
        b"response.output_text.delta",
        b"input_audio_buffer.append",
        b'"',
        b"}",
        b"\\",
        b"\\u00",
        b"\\ud83d",
        b"\xff",
        b"\xc3",
        b"%4",
        b"[",
        b"]",
        b":",
        b",",
        b'"audio":"',
        b'"delta":"',
        b"UklGRg",
        b"=",
        b'"logprobs":[{"token":"',
        b'"bytes":[1,2',
        b'"text":"',
        b'"binary":"',
        b"5 5 5 0 1 9 3",
        b"a@b.co",
        b"4",
        b"-",
        b"null",
        b"session.created",
        b'"note":',
        b'"item_id":"i"',
        b'"password":"abcd1234"',
        b'{"rtcli":1}',
        b" ",
        SECRETS["Slack"].encode(),
    ]
)


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(st.lists(PIECES, max_size=14).map(b"".join), max_size=4),
    st.sampled_from(["silence", "keep"]),
    st.booleans(),
)
def test_any_lines_come_out_as_long_as_they_went_in(lines, audio, masks):
    before = [one + b"\n" for one in lines if one.strip() and b'{"rtcli":' not in one[1:]]
    after = redacted(before, audio=audio, text="mask" if masks else "keep")
    assert [len(one) for one in after] == [len(one) for one in before]


def told(lines):
    listener = Listener()
    case = Case(listener)
    for entry in read(lines, listener):
        case.feed(entry)
    case.finish()
    document = json.loads(written(diagnosis("call", case, slow_parts(case))))
    listener = Listener()
    overview = info(list(overviews(read(lines, listener), listener)), list(FIELDS))
    return document, [overview, *(repr((list(one.responses), list(one.turns))) for one in case.metrics)]


def without_words(document):
    """A diagnosis without the sentences that quote what was said."""
    for cause in document["causes"]:
        del cause["evidence"]
        for finding in cause["consequences"]:
            del finding["message"]
    return document


FILES = [path for folder in ("", "broken", "clean") for path in sorted((RECORDINGS / folder).glob("*.jsonl*"))]


@pytest.mark.parametrize("path", by_turns(FILES, 1, 8), ids=lambda path: path.name)
def test_of_a_recording_the_same_is_told_as_before(path):
    before = list(read_lines(path))
    assert told(redacted(before)) == told(before)


ONE_EACH = {name: case for name, _, case in INCIDENTS}.values()


KINDS = [case for _, _, case in INCIDENTS if ALL or case in ONE_EACH]


@pytest.mark.parametrize("incident", by_turns([*KINDS, *NEAR_MISSES], 0, 2))
def test_of_an_incident_the_same_is_told_as_before_even_of_its_sound(incident):
    before = [one.encode() + b"\n" for one in incident()]
    assert told(redacted(before)) == told(before)


BY_WORDS = ("echo", "call-loop", "truncated-beyond-audio", "update-refused", "transcription-missing")
"""Incidents that are told by what was said, or quote it."""


@pytest.mark.parametrize(
    "incident", [case for name, _, case in INCIDENTS if name in BY_WORDS and (ALL or case in ONE_EACH)]
)
def test_of_an_incident_the_same_is_told_when_its_words_are_masked(incident):
    before = [one.encode() + b"\n" for one in incident()]
    (had, rows), (has, rows_after) = told(before), told(redacted(before, text="mask", audio="keep"))
    assert (without_words(has), rows_after) == (without_words(had), rows)


def test_of_real_traffic_the_same_is_told_as_before(shared):
    for path in by_turns(sorted((shared / "traffic").glob("[!w]*/*.jsonl")), 0, 3):
        before = list(read_lines(path))
        assert told(redacted(before)) == told(before), path.name
        assert len(b"".join(redacted(before))) == path.stat().st_size


def test_masked_words_are_gone_and_the_lines_are_as_long(shared):
    said = ("Fahrenheit", "Celsius", "Bohr", "weather", "Napoli", "Rome", "London", "Paris")
    for path in sorted((shared / "traffic/realtime").glob("*.jsonl")):
        before = list(read_lines(path))
        after = redacted(before, text="mask")
        assert [len(one) for one in after] == [len(one) for one in before]
        for event in map(json.loads, after):
            for name in ("transcript", "text", "delta"):
                if isinstance(event.get(name), str) and "audio.delta" not in event["type"]:
                    assert not any(word in event[name] for word in said)


def test_a_field_of_the_users_own_that_is_named_like_one_of_the_envelope_is_looked_at():
    arguments = json.dumps({"t": SECRETS["Groq"], "obfuscation": SECRETS["GitHub"]})
    before = [line({"type": "response.function_call_arguments.done", "arguments": arguments, "t": SECRETS["xAI"]})]
    assert not any(survivors(redacted(before), SECRETS[name]) for name in ("Groq", "GitHub", "xAI"))


def test_audio_that_is_spelled_like_something_else_in_its_line_is_found_in_its_own_field():
    before = b'{"event_id":"item","type":"input_audio_buffer.append","item":"item","audio":"item"}\n'
    (after,) = redacted([before])
    assert after == before.replace(b'"audio":"item"', b'"audio":"AAAA"')


def test_a_field_that_stands_twice_hides_nothing():
    secret = SECRETS["GitLab"]
    text = '{"type":"response.output_text.delta","event_id":"event_1","delta":"%s","item_id":"item_1","delta":"a"}\n'
    audio = (
        '{"type":"response.output_audio.delta","event_id":"event_1","audio":"%s","item_id":"item_1","delta":"AAAA"}\n'
    )
    for line_of in (text, audio):
        before = (line_of % secret).encode()
        (after,) = redacted([before])
        assert survivors([after], secret) == []
        assert len(after) == len(before)


def test_what_is_streamed_in_frames_of_several_lines_goes_too():
    secret = SECRETS["Anthropic"]
    before = []
    for one in streamed(f"It is {secret}.", [10, 14, 30], *STREAMS["text"]):
        frame = json.dumps(json.loads(one)["event"], indent=1)
        before.append(line(None, **{"from": "server", "text": frame}))
    after = redacted(before)
    events = [json.loads(json.loads(one)["text"]) for one in after]
    assert "".join(event["delta"] for event in events[:-1]) == events[-1]["text"]
    assert survivors([*after, json.dumps(events[-1]["text"]).encode()], secret) == []
    assert [len(one) for one in after] == [len(one) for one in before]


def test_a_secret_that_is_streamed_goes_although_an_emoji_was_cut_in_two():
    """Servers that count in UTF-16 do that; such a delta is no JSON by the standard's own words."""
    secret = SECRETS["OpenAI, of a project"]
    fields = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0}
    pieces = ["\ud83d", f"\ude00{secret[:9]}", secret[9:30], f"{secret[30:]}\ud83d", "\ude00"]
    before = [
        json.dumps({"type": "response.output_text.delta", "event_id": f"event_{n}", **fields, "delta": piece}).encode()
        + b"\n"
        for n, piece in enumerate(pieces)
    ]
    after = redacted(before)
    said = "".join(json.loads(one)["delta"] for one in after)
    assert not any(secret[start : start + 10] in said for start in range(len(secret) - 9))
    assert (said[:2], said[-2:]) == ("\ud83d\ude00", "\ud83d\ude00")
    assert [len(one) for one in after] == [len(one) for one in before]


def test_what_else_a_piece_could_have_been_tells_nothing_of_it():
    """The most probable alternative of a piece is the piece itself."""
    pieces = ["It is ", *SECRETS["GitHub"], " ."]
    told_twice = [
        {**one, "top_logprobs": [one, {"token": "zz", "bytes": [122, 122], "logprob": -3.5}]}
        for one in ({"token": piece, "bytes": list(piece.encode()), "logprob": -0.1} for piece in pieces)
    ]
    kind = "conversation.item.input_audio_transcription.completed"
    before = line(
        {"type": kind, "item_id": "i", "content_index": 0, "transcript": "".join(pieces), "logprobs": told_twice}
    )
    (after,) = redacted([before])
    likely = [one["top_logprobs"][0] for one in json.loads(after)["event"]["logprobs"]]
    assert len(after) == len(before)
    for said in ("".join(one["token"] for one in likely), b"".join(bytes(one["bytes"]) for one in likely).decode()):
        assert said.startswith("It is ")
        assert SECRETS["GitHub"][:10] not in said


@pytest.mark.parametrize("audio", ["silence", "drop"])
def test_a_line_that_is_cut_in_its_audio_stays_a_line(audio):
    torn = b'{"type":"input_audio_buffer.append","audio":"' + b"UklG" * 20
    before = [torn + b"\n", torn + b"\r\n", line(None, note="behind it")]
    after = redacted(before, audio=audio)
    assert [one.splitlines(keepends=True) for one in after] == [[one] for one in after]
    assert [one[-2:] for one in after[:2]] == [after[0][-2:-1] + b"\n", b"\r\n"]
    assert after[2] == before[2]
    assert b"UklG" not in b"".join(after)


# --- Lines that are no events of the protocol, and frames of bytes ---------------------------------------


def frame(**fields):
    return b'{"t":1.0,"from":"client",%s}\n' % json.dumps(fields)[1:-1].encode()


def binary(data):
    return frame(binary=base64.b64encode(data).decode())


def test_a_secret_in_a_frame_of_bytes_goes_whatever_is_around_it():
    secret = SECRETS["GitHub"].encode()
    for data in (b"the key is " + secret, b"\xff\xfe key: " + secret + b" \x80"):
        (after,) = redacted([binary(data)], audio="keep")
        left = base64.b64decode(json.loads(after)["binary"])
        assert len(left) == len(data)
        assert left.startswith(data[:7])
        assert secret not in left


def test_a_frame_of_bytes_that_are_no_text_is_silent_as_sound_is():
    data = bytes(range(128, 250))
    (silent,) = redacted([binary(data)])
    assert base64.b64decode(json.loads(silent)["binary"]) == bytes(len(data))
    assert redacted([binary(data)], audio="keep") == [binary(data)]


@pytest.mark.parametrize("data", [bytes(range(128, 137)), b"the key is " + SECRETS["GitHub"].encode()])
def test_a_frame_of_bytes_with_padding_too_much_stays_as_long_as_it_was(data):
    before = frame(binary=base64.b64encode(data.ljust(-(-len(data) // 3) * 3)).decode() + "=")
    (after,) = redacted([before])
    assert after != before
    assert len(after) == len(before)


def test_what_is_called_bytes_and_is_no_base64_is_looked_at_as_text():
    secret = SECRETS["GitHub"]
    (after,) = redacted([frame(binary=f"not base64: {secret}")])
    assert secret[4:].encode() not in after
    assert b"not base64: " in after


def test_what_a_live_session_is_told_is_masked_and_a_field_of_that_name_elsewhere_is_not():
    told = line({"type": "session.instructions.append", "event_id": "event_1", "content": "Be kind to Anna."})
    other = line({"type": "weather.told", "event_id": "event_1", "content": "Fog in the morning."})
    masked, kept = redacted([told, other], text="mask")
    assert b"Anna" not in masked
    assert len(masked) == len(told)
    assert kept == other


def test_masked_words_are_masked_beside_their_probabilities_too():
    kind = "conversation.item.input_audio_transcription.completed"
    probable = [{"token": one, "bytes": list(one.encode()), "logprob": -0.1} for one in ("Call", " Anna", "!")]
    before = line({"type": kind, "item_id": "i", "content_index": 0, "transcript": "Call Anna!", "logprobs": probable})
    (after,) = redacted([before], text="mask")
    event = json.loads(after)["event"]
    assert [one["token"] for one in event["logprobs"]] == ["xxxx", " xxxx", "!"]
    told = b"".join(bytes(one["bytes"]) for one in event["logprobs"])
    assert not set(b"CallAnna") & set(told)
    assert len(told) == len("Call Anna!")
    assert len(after) == len(before)


def test_bytes_beside_a_piece_that_are_more_than_its_own_stay():
    secret = SECRETS["GitHub"]
    kind = "conversation.item.input_audio_transcription.completed"
    probable = [{"token": secret, "bytes": [*secret.encode(), 33, 34], "logprob": -0.1}]
    before = line({"type": kind, "item_id": "i", "content_index": 0, "transcript": secret, "logprobs": probable})
    (after,) = redacted([before])
    (one,) = json.loads(after)["event"]["logprobs"]
    assert bytes(one["bytes"])[-2:] == b'!"'
    assert len(one["bytes"]) == len(secret) + 2
    assert secret[:10].encode() not in bytes(one["bytes"])


def test_audio_that_is_written_in_another_way_is_silent_all_the_same():
    before = b'{"type":"input_audio_buffer.append","event_id":"e","audio" : "c3Bva2Vu"}\n'
    (after,) = redacted([before])
    assert after == before.replace(b"c3Bva2Vu", b"AAAAAAAA")


PLACE = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0}
TELLING = {
    "tool": {
        "type": "session.update",
        "session": {"type": "realtime", "tools": [{"type": "mcp", "server_label": "crm", "authorization": "%s"}]},
    },
    "sound": {"type": "input_audio_buffer.append", "audio": "AAAA", "authorization": "%s"},
    "delta": {
        "type": "response.output_text.delta",
        **PLACE,
        "item_id": "item_2",
        "delta": "Hello",
        "authorization": "%s",
    },
}


@pytest.mark.parametrize("tells_first", [True, False])
@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("fields", [[], ["authorization"], ["session.tools"]])
@pytest.mark.parametrize("telling", TELLING)
def test_a_key_that_is_told_of_once_is_gone_where_nothing_tells_of_it(tells_first, streams, fields, telling):
    key = "Zq8wL2mN5xT7vR1pK4sD"
    field = "delta" if streams else "text"
    kind = "response.output_text.delta" if streams else "response.output_text.done"
    said = {"type": kind, "event_id": "event_1", **PLACE, field: f"the log says x{key}x"}
    told = json.loads(json.dumps(TELLING[telling]) % key)
    events = [told, said] if tells_first else [said, told]
    before = [json.dumps({"t": 1.0, "from": "server", "event": event}).encode() + b"\n" for event in events]
    after = redacted(before, redaction=Redaction([], fields))
    assert key.encode() not in b"".join(after)
    assert [len(line) for line in after] == [len(line) for line in before]
    words = json.loads(after[1 if tells_first else 0])["event"][field]
    assert words.startswith("the log says xredacted-")


@pytest.mark.parametrize("audio", ["silence", "drop", "keep"])
def test_an_append_without_audio_is_looked_at_as_any_other_event(audio):
    secret = SECRETS["GitHub"]
    before = line({"type": "input_audio_buffer.append", "audio": "", "note": f"the key is {secret}"})
    (after,) = redacted([before], audio=audio)
    assert secret.encode() not in after
    assert len(after) == len(before)
