from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sweeping import ALL, examples

from rtcli.errors import BadOption, UnreadableRecording
from rtcli.events import Malformed
from rtcli.formats import Entry, Reading
from rtcli.formats.forms import FORMS
from rtcli.formats.rtcli import record_of
from tests.formats.spellings import TIMED, UNTIMED, Framed, Frames

SPELLED = {**TIMED, **UNTIMED}
HELLO = {"type": "response.output_text.delta", "event_id": "e", "response_id": "r", "item_id": "i", "output_index": 0,
         "content_index": 0, "delta": "hello"}  # fmt: skip


def read(log: bytes, form: str | None = None) -> tuple[list[Entry], Reading]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "call.log"
        path.write_bytes(log)
        reading = Reading(path, form=form)
        return list(reading), reading


def body(entry: Entry) -> object:
    line = json.loads(entry.raw)
    return line if "type" in line else line["event"]


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029"), max_size=30)
gaps_ms = st.integers(1, 4000)
events = st.one_of(
    st.builds(lambda text: ("server", {**HELLO, "delta": text}), texts),
    st.builds(
        lambda text: (
            "client",
            {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}},
        ),
        texts,
    ),
    st.just(("client", {"type": "response.create", "response": {"metadata": None, "temperature": 0.8, "tools": []}})),
    st.just(("server", {"type": "vendor.thing", "event_id": "e", "nested": {"frames": [1, {"event": {"type": "a.b"}}], "ok": True}})),
)  # fmt: skip


@st.composite
def calls(draw: st.DrawFn) -> Frames:
    """A call whose first event is one that everybody knows."""
    told = [("server", HELLO), *draw(st.lists(events, max_size=6))]
    at_ms = 0
    frames = []
    for sender, event in told:
        frames.append(Framed(at_ms / 1000, sender, event))
        at_ms += draw(gaps_ms)
    return frames


@pytest.mark.parametrize("spelling", SPELLED)
@given(frames=calls())
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_what_was_written_down_comes_back_in_order(spelling: str, frames: Frames) -> None:
    _, spell = SPELLED[spelling]
    entries, reading = read(spell(frames))
    assert [body(entry) for entry in entries] == [frame.event for frame in frames]
    assert reading.dropped == 0, reading.drops


@pytest.mark.parametrize("spelling", TIMED)
@given(frames=calls())
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_times_and_sides_come_back(spelling: str, frames: Frames) -> None:
    entries, _ = read(TIMED[spelling][1](frames))
    known = [frame.sender if "vendor" not in frame.event["type"] else None for frame in frames]
    assert [entry.sender for entry, sender in zip(entries, known, strict=True) if sender] == [s for s in known if s]
    times = [entry.t for entry in entries if entry.t is not None]
    assert len(times) == len(frames)
    for (before, after), (first, then) in zip(pairwise(times), pairwise(frames), strict=True):
        assert after - before == pytest.approx(then.t - first.t, abs=2e-6)


@pytest.mark.parametrize("spelling", SPELLED)
def test_every_spelling_is_told_by_its_look(spelling: str) -> None:
    form, spell = SPELLED[spelling]
    frames = [Framed(0.0, "server", HELLO), Framed(0.25, "client", {"type": "response.create"})]
    entries, reading = read(spell(frames))
    assert reading.form == form
    assert FORMS[form].title in reading.guess
    assert [entry.event.type for entry in entries] == ["response.output_text.delta", "response.create"]  # type: ignore[union-attr]


@pytest.mark.parametrize("spelling", SPELLED)
def test_whoever_insists_on_the_form_is_told_no_guess(spelling: str) -> None:
    form, spell = SPELLED[spelling]
    entries, reading = read(spell([Framed(0.0, "server", HELLO)]), form)
    assert len(entries) == 1
    assert reading.guess == ""


def test_a_form_that_nobody_knows_is_refused_with_the_names() -> None:
    with pytest.raises(BadOption, match=r"'wav'.* rtcli, .*frames"):
        read(b"", "wav")


def test_every_form_stands_under_its_name_and_has_a_title() -> None:
    assert all(name == form.name and form.title for name, form in FORMS.items())


def assert_read_or_refused(log: bytes, form: str | None) -> None:
    """It is read as what it is taken for, or it is said that it cannot be."""
    try:
        _, reading = read(log, form)
    except UnreadableRecording:
        return
    assert reading.form in ([form] if form else ["rtcli", *FORMS])


@given(st.binary(max_size=300) | st.text("{}[]()\"'`\\\n:,.…typesion<>-= 0", max_size=200).map(str.encode))
@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.too_slow], deadline=None)
@example(b'{"type":"response.create"}' * 3)
@example(b"\xff\xfe{\x00")
@example(b"- type: response.create\n  a: &a [*a]\n")
def test_no_bytes_raise_anything_but_that_they_cannot_be_read(log: bytes) -> None:
    for form in [None, *FORMS]:
        assert_read_or_refused(log, form)


@pytest.mark.parametrize("spelling", SPELLED)
@given(data=st.data())
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_damaged_log_is_read_as_far_as_it_can_be(spelling: str, data: st.DataObject) -> None:
    form, spell = SPELLED[spelling]
    log = spell([Framed(n / 4, "server", HELLO) for n in range(4)])
    at = data.draw(st.integers(0, len(log)))
    hurt = log[:at] + data.draw(st.binary(max_size=6)) + log[data.draw(st.integers(at, len(log))) :]
    untouched = log[:at].count(b"\n") if log.count(b"\n") == 4 else 0
    for insisted in (None, form):
        try:
            entries, _ = read(hurt, insisted)
        except UnreadableRecording:
            assert insisted is None or not untouched
            continue
        if insisted:
            assert [body(entry) for entry in entries[:untouched]] == [HELLO] * untouched


@pytest.mark.parametrize(
    "opening", [b'{"a":', b"[", b'{"type":"response.create","a":[', b"{type: 'response.create', a: [", b"- "]
)
def test_what_is_nested_without_end_is_no_danger(opening: bytes) -> None:
    hostile = opening * (50_000 if ALL else 15_000)
    for form in [None, *FORMS]:
        assert_read_or_refused(b'{"dir":"client","event":{"type":"response.create"}}\n' + hostile + b"\n", form)
        assert_read_or_refused(hostile, form)


def test_a_damaged_recording_is_still_a_recording() -> None:
    lines = b'{"rtcli":1,"start\n{"t":0.1,"from":"ser\n{"t":0.2,"from":"server","event":{"type":"response.create"}}\n'
    entries, reading = read(lines)
    assert reading.form == "rtcli"
    assert len(entries) == 3
    assert isinstance(entries[0].event, Malformed)


def test_where_something_was_left_out_of_a_log_a_note_says_so(tmp_path):
    sent = '{"timestamp": %d, "direction": "sent", "event": %s}\n'
    clear = '{"type": "input_audio_buffer.clear"}'
    path = tmp_path / "app.jsonl"
    path.write_text(sent % (1, clear) + sent % (2, '{"type": "input_audio_') + sent % (3, clear))
    reading = Reading(path)
    entries = list(reading)
    assert reading.dropped == 1
    assert [entry.line for entry in entries] == [1, 2, 3]
    note = entries[1].event
    assert (note.missing, note.text.startswith("left out: ")) == (True, True)
    assert record_of(entries[1].raw) == note


def test_an_event_in_a_field_of_any_name_is_read_if_its_type_is_known() -> None:
    log = "".join(
        json.dumps({"level": 30, "note": {"type": "a.b"}, "wsMsg": {**HELLO, "delta": text}}) + "\n" for text in "abc"
    )
    entries, _ = read(log.encode())
    assert [body(entry) for entry in entries] == [{**HELLO, "delta": text} for text in "abc"]


def test_lines_of_objects_that_hold_their_events_too_deep_are_no_one_document() -> None:
    line = json.dumps({"a": {"b": {"c": {"d": {"e": {"f": [HELLO]}}}}}, "listed": [{}]}) + "\n"
    with pytest.raises(UnreadableRecording, match="holds no event"):
        read(line.encode() * 5)
