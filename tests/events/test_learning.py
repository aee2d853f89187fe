"""Events of a class that lets faults through are told of as those that are looked at one by one."""

from __future__ import annotations

import json

from rtcli.events import REALTIME, Listener, Malformed, decode


def test_of_an_event_that_is_always_wrong_in_two_fields_both_faults_are_told_by_the_names_of_the_fields():
    """A server that sends its times as texts and its ids as numbers, in every event of a kind."""
    wrong = {"type": "input_audio_buffer.speech_started", "event_id": "e", "item_id": 7, "audio_start_ms": "12"}
    listener, text = Listener(REALTIME), json.dumps(wrong)
    events = [listener.decode(text, line) for line in range(1, 9)]
    assert listener.suspects, "by now the class lets faults through"
    for event in events:
        assert isinstance(event, Malformed)
        assert [(fault.code, fault.path) for fault in event.faults] == [
            ("SCH06", "$.audio_start_ms"),
            ("SCH06", "$.item_id"),
        ]
        assert event.faults == decode(text, REALTIME).faults
