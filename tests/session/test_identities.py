"""Which event ids the server has used."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import entries_of
from sweeping import examples

from rtcli.events import REALTIME, Listener, build
from rtcli.formats import Entry
from rtcli.session.config import Config
from rtcli.session.identities import USED, Identities, is_elided
from rtcli.session.ledgers import Ledgers

MANY = 3 * USED


def fed(ids):
    """The ledger behind events with these ids, one a line."""
    identities = Identities(Config())
    events = build.Events(iter(ids).__next__)
    for line in range(1, len(ids) + 1):
        serve(identities, events.input_audio.cleared(), line)
    return identities


def serve(identities, event, line):
    for kind, handler in Identities.HANDLERS.items():
        assert isinstance(event, kind)
        handler(identities, event, Entry(line, None, "server", event))


def ledgers_of(script):
    ledgers = Ledgers()
    for entry in entries_of(script):
        ledgers.apply(entry)
    return ledgers


def test_an_id_stands_in_the_line_that_used_it_first():
    identities = fed(["a", "b", "a"])
    assert identities.line_of("a") == 1
    assert identities.line_of("b") == 2
    assert identities.line_of("c") == 0


@pytest.mark.parametrize("name", ["event_…", "event_...", "<id>", "[Object]"])
def test_an_id_that_a_logger_has_shortened_stands_nowhere(name):
    identities = fed([name])
    assert is_elided(name)
    assert not identities.is_new(name)
    assert identities.line_of(name) == 0


def test_the_client_and_events_without_an_id_use_none():
    ledgers = ledgers_of(
        '> input_audio_buffer.clear {"event_id": "a"}\n< input_audio_buffer.dtmf_event_received {"event": "9", "received_at": 1}'
    )
    assert ledgers.identities.line_of("a") == 0


def test_each_of_the_last_few_thousand_ids_is_found():
    identities = fed([str(number) for number in range(MANY)])
    assert all(identities.line_of(str(number)) == number + 1 for number in range(MANY - USED, MANY))


def test_an_id_that_keeps_coming_is_not_forgotten():
    every = USED - 1
    identities = fed(["again" if number % every == 0 else str(number) for number in range(MANY)])
    assert identities.line_of("again") == 1


def test_what_is_kept_does_not_grow_with_the_session():
    identities = fed([str(number) for number in range(MANY)])
    assert sum(not identities.is_new(str(number)) for number in range(MANY)) <= 2 * USED


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.sampled_from(["a", "b", ""]), max_size=12))
def test_an_event_is_noted_by_itself_if_its_id_is_new_and_there_is_one(ids):
    identities, events = Identities(Config()), build.Events(iter(ids).__next__)
    noted = [identities.note_new(events.input_audio.cleared(), line) for line in range(1, len(ids) + 1)]
    assert noted == [bool(name) and name not in ids[:place] for place, name in enumerate(ids)]
    assert all(identities.line_of(name) == ids.index(name) + 1 for name in ids if name)


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=12))
def test_every_id_is_found_where_it_was_used_first(ids):
    identities = fed(ids)
    assert {name: identities.line_of(name) for name in ids} == {name: ids.index(name) + 1 for name in ids}


def test_the_same_event_in_a_row_is_written_twice_and_another_of_its_id_is_not():
    events = build.Events(lambda: "a")
    identities = Identities(Config())
    cleared = events.input_audio.cleared()
    assert not identities.is_written_twice(cleared)
    serve(identities, cleared, 1)
    assert identities.is_written_twice(events.input_audio.cleared())
    assert not identities.is_written_twice(build.Events(lambda: "b").input_audio.cleared())
    assert not identities.is_written_twice(events.input_audio.committed("i"))
    serve(identities, events.input_audio.committed("i"), 2)
    assert not identities.is_written_twice(cleared)


def test_an_event_is_the_same_whether_its_class_has_learned_a_field_or_not():
    listener = Listener(REALTIME)
    body = {"type": "input_audio_buffer.cleared", "event_id": "a", "novelty": 1}
    early, *_, late = (listener.decode(json.dumps(body), line, "server") for line in range(1, 9))
    assert type(early) is not type(late)
    identities = Identities(Config())
    serve(identities, early, 1)
    assert identities.is_written_twice(late)
    assert not identities.is_written_twice(listener.decode(json.dumps(body | {"novelty": 2}), 9, "server"))
