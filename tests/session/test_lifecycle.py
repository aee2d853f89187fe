"""What is known of responses and of what they write: by whatever event, in whatever order, in whatever way."""

from __future__ import annotations

import base64
import json

from hypothesis import given, settings
from hypothesis import strategies as st
from notation import entries_of
from sweeping import examples

from rtcli.events import Listener, build, encode
from rtcli.events.configuration import AudioOutput, RealtimeSession, SessionAudio
from rtcli.events.objects import AudioPcm, Message, OutputText, Response, StreamedPart
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check
from rtcli.session.ledger import REMEMBERED
from rtcli.session.ledgers import Ledgers
from rtcli.session.waiting import waiting

CREATED = '< response.created {"response": {"id": "r"}}'
DONE = '< response.done {"response": {"id": "r"}}'
ITEM = '"item": {"type": "message", "id": "i", "role": "assistant", "content": []}'
OPENED = '< response.output_item.added {"response_id": "r", "output_index": 0, %s}' % ITEM
CLOSED = OPENED.replace("added", "done")
PLACE = '"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0'
PART_DONE = '< response.content_part.done {%s, "part": {"type": "text", "text": "x"}}' % PLACE
SOUND = base64.b64encode(bytes(4800)).decode()


def delta(piece="x", **more):
    return (
        "< response.output_text.delta {%s" % PLACE
        + "".join(f", {json.dumps(name)}: {json.dumps(value)}" for name, value in {"delta": piece, **more}.items())
        + "}"
    )


def ended(whole="x"):
    return '< response.output_text.done {%s, "text": "%s"}' % (PLACE, whole)


def ledgers_of(*lines):
    ledgers = Ledgers()
    for entry in entries_of("\n".join(lines)):
        ledgers.apply(entry)
    return ledgers


def response_of(*lines):
    return ledgers_of(*lines).lifecycle.responses["r"]


def stream_of(*lines):
    return response_of(*lines).items["i"].streams[0, "text"]


def test_whatever_an_event_names_exists_afterwards():
    stream = stream_of(delta())
    assert stream.response.is_open
    assert (stream.response.line, stream.item.line, stream.line) == (0, 0, 1)
    assert stream_of(CREATED, OPENED, delta()).item.line == 2
    assert stream_of(ended("xy")).final == "xy"


def test_deltas_are_kept_until_their_stream_is_done():
    assert stream_of(delta("a"), delta("b")).text == "ab"
    closed = stream_of(delta("a"), delta("b"), ended("ab"))
    assert (closed.text, closed.final, closed.deltas, closed.done_line) == ("", "ab", 2, 3)


def test_a_stream_that_is_over_stays_over_and_tells_the_first_delta_behind_its_end():
    late = stream_of(delta("a"), ended("a"), delta("b"), delta("c"), ended("abc"))
    assert (late.final, late.deltas, late.done_line, late.late_line) == ("a", 1, 2, 3)


def test_a_stream_tells_the_first_delta_behind_its_part_and_behind_its_item():
    assert stream_of(delta(), PART_DONE, delta(), delta()).behind_line == 3
    assert stream_of(OPENED, delta(), CLOSED, delta(), delta()).behind_line == 4
    assert stream_of(OPENED, delta(), delta()).behind_line == 0


def test_the_first_end_of_a_part_and_of_an_item_counts():
    other = PART_DONE.replace('"text": "x"', '"text": "y"')
    item = response_of(PART_DONE, other, CLOSED, CLOSED.replace("assistant", "user")).items["i"]
    assert (item.parts[0].final.text, item.parts[0].done_line) == ("x", 1)
    assert (item.final.role, item.done_line) == ("assistant", 3)


def test_of_a_response_that_is_over_its_texts_are_dropped():
    item = response_of(CREATED, OPENED, delta(), CLOSED, DONE, delta("late")).items["i"]
    assert item.done_line == 4
    assert (item.parts, item.streams, item.final) == ({}, {}, None)


def test_what_was_written_down_twice_in_a_row_is_taken_in_once():
    twice = delta("b", event_id="e")
    assert stream_of(delta("a"), twice, twice, twice, delta("c")).text == "abc"
    assert stream_of(delta("a"), twice, twice.replace('"b"', '"B"'), delta("c")).text == "abBc"
    assert stream_of(delta("a"), twice, delta("c"), twice).text == "abcb"
    elided = delta("a", event_id="event_…")
    assert stream_of(elided, elided).text == "aa"


def test_audio_that_was_written_down_twice_in_a_row_lasts_as_long_as_once():
    sound = '< response.output_audio.delta {"event_id": "e", %s, "delta": "%s"}' % (PLACE, SOUND)
    assert response_of(sound, sound).audio_bytes == 4800
    assert response_of(sound, sound.replace('"e"', '"f"')).audio_bytes == 9600


def test_an_item_is_truncated_by_either_side():
    cut = ' {"item_id": "i", "content_index": 0, "audio_end_ms": 0}'
    assert not response_of(OPENED).items["i"].truncated
    assert response_of(OPENED, "> conversation.item.truncate" + cut).items["i"].truncated
    assert response_of(OPENED, "< conversation.item.truncated" + cut).items["i"].truncated


def test_a_player_runs_dry_by_the_item_that_it_plays():
    format_ = '{"type": "realtime", "audio": {"output": {"format": {"type": "audio/pcm"}}}}'
    begun = [f'0.0 < session.created {{"session": {format_}}}', f"0.1 {CREATED}"]
    sound = "%s < response.output_audio.delta {%s, " + f'"delta": "{SOUND}"}}'
    other = PLACE.replace('"i"', '"j"')
    first = response_of(*begun, sound % ("1.0", PLACE), sound % ("4.0", other)).items
    assert [round(item.dry_ms(4.2, "audio/pcm")) for item in first.values()] == [3100, 100]
    assert first["j"].dry_ms(9.0, None) == 0.0
    assert not response_of(*begun, sound % ("1.0", PLACE), sound % ("4.0", other)).starved
    assert response_of(*begun, sound % ("1.0", PLACE), sound % ("4.0", PLACE)).starved


def pool():
    """Events about few things, so that streams begin, go on, change and end."""
    written = build.response("r").item("i", 0)
    content = written.content(0)
    yield content.text_delta("a")
    yield content.text_delta("b")
    yield content.text_done("aab")
    yield content.part_added(StreamedPart(type="text"))
    yield content.part_done(StreamedPart(type="text", text="ab"))
    yield written.done(Message(role="assistant", content=[OutputText(text="ab")]))
    yield written.added(Message(role="assistant", content=[]))
    yield content.transcript_delta("a")
    yield content.audio_delta(bytes(4800))
    yield content.audio_done()
    yield written.function_call("c", "f").arguments_delta("{")
    yield written.function_call("c", "f").arguments_done("{}")
    yield written.mcp_call().arguments_delta("{", obfuscation="x")
    yield written.mcp_call().arguments_done("{}")
    yield written.content(1).text_delta("c")
    yield build.response("r").item("i", 1).content(0).text_delta("d")
    yield build.response("r").item("j", 1).content(0).text_delta("e")
    yield build.response("q").item("i", 0).content(0).text_delta("f")
    yield build.response("q").item("i", 0).content(0).audio_delta(bytes(4800))
    yield build.response("r").created()
    yield build.response("r").created(Response(output_modalities=["text"]))
    yield build.response("r").done(Response(status="completed", output=[]))
    yield build.session.created(RealtimeSession(id="s", audio=SessionAudio(output=AudioOutput(format=AudioPcm()))))
    yield build.input_audio.committed("u")
    yield build.new_response.create()
    yield build.input_audio.speech_started("u", audio_start_ms=0)


POOL = [json.loads(encode(event)) for event in pool()]
ONE_STREAM = range(6)
"""Those about the text of one part; most of a session is about one stream at a time."""
CHOSEN = st.sampled_from([*ONE_STREAM, *ONE_STREAM, *ONE_STREAM, *range(len(POOL))])
STEPS = st.lists(st.tuples(CHOSEN, st.integers(1, 3), st.sampled_from([0.0, 0.1, 6.0])), min_size=10, max_size=40)


class Unhurried(Ledgers):
    """Ledgers to which every event goes the usual way."""

    def steadily(self, kind):
        return None


def lines_of(steps, timed):
    """Each event so many times in a row, each time with another id."""
    t, number = 1.0, 0
    for chosen, times, pause_s in steps:
        for _ in range(times):
            number += 1
            t += pause_s
            event = {**POOL[chosen], "event_id": f"event_{number}"}
            sender = "client" if event["type"] == "response.create" else "server"
            record = {"t": round(t, 3), "from": sender, "event": event} if timed else event
            yield json.dumps(record).encode() + b"\n"


def checked(ledgers, steps, timed):
    listener = Listener()
    check = Check(RULES, listener)
    check.ledgers = ledgers
    found = check.run(read(lines_of(steps, timed), listener))
    return [(one.code, one.line, one.message) for one in found]


def shape(ledgers):
    """All that is known of what responses write."""
    return [
        (one.id, one.state, one.last_t, one.audio_bytes, one.first_audio_t, one.deltas_since_speech, one.starved)
        for one in ledgers.lifecycle.responses.values()
    ], [
        (
            item.id,
            item.audio_bytes,
            item.first_audio_t,
            item.state,
            list(item.parts),
            list(map(told, item.streams.values())),
        )
        for one in ledgers.lifecycle.responses.values()
        for item in one.items.values()
    ]


def told(stream):
    return stream.kind, stream.text, stream.deltas, stream.state, stream.late_line, stream.behind_line


@settings(max_examples=examples(200), deadline=None)
@given(STEPS, st.booleans())
def test_deltas_that_only_go_on_leave_the_same_behind_the_fast_way_and_the_usual_way(steps, timed):
    fast, usual = Ledgers(), Unhurried()
    assert checked(fast, steps, timed) == checked(usual, steps, timed)
    assert shape(fast) == shape(usual)


def test_most_deltas_go_the_fast_way():
    ledgers = ledgers_of(CREATED, OPENED, delta())
    (entry,) = entries_of(delta("y", event_id="later"))
    goes_on = ledgers.steadily(type(entry.event))
    assert goes_on is not None
    said = (entry.event, entry.line, entry.t, entry.sender)
    assert goes_on(*said)
    assert ledgers.lifecycle.responses["r"].items["i"].streams[0, "text"].text == "xy"
    assert not goes_on(*said), "its id is used by now"


def test_a_response_that_is_forgotten_is_not_open():
    created = [CREATED.replace('"r"', f'"r{number}"') for number in range(REMEMBERED + 1)]
    ledgers = ledgers_of(*created)
    assert ledgers.lifecycle.responses.has_forgotten
    assert "r0" not in ledgers.lifecycle.open


def test_a_response_that_is_done_is_over_whatever_its_status_says():
    assert response_of(CREATED, DONE.replace('"id": "r"', '"id": "r", "status": "in_progress"')).state == "completed"


def test_a_listing_that_begins_twice_began_the_first_time():
    begins = '< mcp_list_tools.in_progress {"item_id": "list"}'
    assert ledgers_of(begins, begins).mcp.listings["list"].began_line == 1


def test_of_an_mcp_call_that_goes_on_the_outcome_is_waited_for():
    call = '"item": {"type": "mcp_call", "id": "m", "server_label": "s", "name": "f", "arguments": "{}"}'
    added = '< response.output_item.added {"response_id": "r", "output_index": 0, %s}' % call
    going_on = '< response.mcp_call.in_progress {"item_id": "m", "output_index": 0}'
    waits = [wait.what for wait in waiting(ledgers_of(CREATED, added, going_on))]
    assert "the outcome of the MCP call m" in waits
    waits = [wait.what for wait in waiting(ledgers_of(CREATED, added, going_on, added.replace("added", "done")))]
    assert "the outcome of the MCP call m" not in waits


def test_what_began_a_response_that_never_was_is_not_known():
    assert ledgers_of(CREATED).obligations.beginnings.starter_of("nobody") == (0, 0)


def test_the_updates_that_set_something_are_found_by_it():
    update = '> session.update {"session": {"type": "realtime", "%s": "x"}}'
    settings_told = ledgers_of(update % "instructions", update % "model", update % "instructions").settings
    assert [asked.line for asked in settings_told.of("instructions")] == [1, 3]


def test_a_tool_without_a_name_and_a_call_without_an_id_are_no_offer_and_no_call():
    named = '{"type": "function", "name": "f", "parameters": {"type": "object", "required": ["at"]}}'
    call = '{"type": "function_call", "id": "i", "name": "f", "arguments": "{}"}'
    calls = ledgers_of(
        '> response.create {"response": {"tools": [%s]}}' % named,
        '< response.output_item.done {"response_id": "r", "output_index": 0, "item": %s}' % call,
    ).calls
    assert (list(calls.offered), dict(calls.known)) == (["f"], {})


def test_of_speech_that_was_dropped_nothing_is_waited_for():
    begins = '< input_audio_buffer.speech_started {"item_id": "u", "audio_start_ms": 0}'
    waits = [wait.what for wait in waiting(ledgers_of(CREATED, begins))]
    assert "the end of the speech of item u" in waits
    waits = [wait.what for wait in waiting(ledgers_of(CREATED, begins, "< input_audio_buffer.cleared"))]
    assert not any("item u" in what for what in waits)
