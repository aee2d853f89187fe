"""The fast way through a part counts what the usual way would count."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import RULES, Check

SESSION = '< session.created {"session":{"type":"realtime","id":"s","audio":{"input":{"turn_detection":{"type":"server_vad"}}}}}'
BEGUN = """
< response.created {"response":{"id":"ID","conversation_id":"c","status":"in_progress","output":[]}}
< response.output_item.added {"response_id":"ID","output_index":0,"item":{"type":"message","id":"i_ID","role":"assistant","status":"in_progress","content":[]}}
< response.content_part.added {"response_id":"ID","item_id":"i_ID","output_index":0,"content_index":0,"part":{"type":"text","text":""}}"""
SPEECH = '\n< input_audio_buffer.speech_started {"item_id":"u","audio_start_ms":0}'
DELTA = """
< response.output_text.delta {"response_id":"ID","item_id":"i_ID","output_index":0,"content_index":0,"delta":"a"}"""
ENDED = """
< response.done {"response":{"id":"ID","conversation_id":"c","status":"completed"}}"""


@pytest.mark.parametrize(("deltas", "goes_on"), [(20, False), (21, True)])
def test_the_first_delta_of_a_text_is_one_of_the_twenty_that_may_still_come_when_the_user_has_begun_to_speak(
    deltas, goes_on
):
    """Told of the second response: the very first event of a class is never taken the fast way."""
    script = SESSION + (BEGUN + DELTA + ENDED).replace("ID", "r1")
    script += (BEGUN + SPEECH + DELTA * deltas + ENDED).replace("ID", "r2")
    told = [(one.code, one.line) for one in Check(RULES).run(entries_of(script)) if one.code == "TUR13"]
    assert told == ([("TUR13", len(script.splitlines()))] if goes_on else [])
