"""Everything that has begun and is not over is named once, with who waits, and since which line."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.session.ledgers import Ledgers
from rtcli.session.waiting import waiting

CREATED = '< session.created {"session":{"type":"realtime","id":"s","audio":{"input":{"transcription":{"model":"w"},"turn_detection":{"type":"server_vad"}}}}}'
SILENT = CREATED.replace('"transcription":{"model":"w"},', "")
BEGAN = '< response.created {"response":{"id":"r","conversation_id":"v"}}'
ADDED = '< conversation.item.added {"item":{"type":"message","role":"user","id":"u","content":[]}}'
STARTED = '< input_audio_buffer.speech_started {"item_id":"u","audio_start_ms":0}'
STOPPED = '< input_audio_buffer.speech_stopped {"item_id":"u","audio_end_ms":900}'
COMMITTED = '< input_audio_buffer.committed {"item_id":"u"}'
CALL = '{"type":"function_call","id":"i","call_id":"c","name":"f","arguments":"{}"}'
MADE = f'< response.output_item.done {{"response_id":"r","output_index":0,"item":{CALL}}}'
DONE = f'< response.done {{"response":{{"id":"r","conversation_id":"v","status":"completed","output":[{CALL}]}}}}'
OUTPUT = '> conversation.item.create {"item":{"type":"function_call_output","call_id":"c","id":"o","output":""}}'
TAKEN = '< conversation.item.added {"item":{"type":"function_call_output","call_id":"c","id":"o","output":""}}'


def waits(*lines):
    ledgers = Ledgers()
    for entry in entries_of("\n".join(lines)):
        ledgers.apply(entry)
    return [(wait.by, wait.what, wait.line) for wait in waiting(ledgers)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param((CREATED,), [], id="nothing"),
        pytest.param(
            ('> session.update {"session":{"type":"realtime"}}',),
            [("client", "the answer to session.update", 1)],
            id="a request",
        ),
        pytest.param((SILENT, BEGAN), [("client", "the end of the response r", 2)], id="a response"),
        pytest.param((SILENT, STARTED), [("client", "the end of the speech of item u", 2)], id="speech that goes on"),
        pytest.param(
            (SILENT, STARTED, STOPPED), [("client", "the commit of the speech of item u", 2)], id="speech that is over"
        ),
        pytest.param(
            (SILENT, STARTED, STOPPED, COMMITTED),
            [("client", "the item u, which was committed", 4)],
            id="speech that is committed",
        ),
        pytest.param((SILENT, STARTED, "< input_audio_buffer.cleared {}"), [], id="speech that was dropped"),
        pytest.param((SILENT, STARTED, STOPPED, COMMITTED, ADDED), [], id="an item that is there"),
        pytest.param((CREATED, COMMITTED, ADDED), [("client", "the transcription of u", 2)], id="a transcription"),
        pytest.param(
            (SILENT, '< mcp_list_tools.in_progress {"item_id":"l"}'),
            [("client", "the tools of the MCP listing l", 2)],
            id="a listing of tools",
        ),
        pytest.param((SILENT, BEGAN, MADE, DONE), [("server", "the output of f, call c", 3)], id="a call"),
        pytest.param(
            (SILENT, BEGAN, MADE, DONE, OUTPUT, TAKEN),
            [("client", "a response to the output of call c", 5)],
            id="an output",
        ),
    ],
)
def test_what_is_waited_for_and_by_whom_and_since_when(lines, expected):
    assert waits(*lines) == expected
