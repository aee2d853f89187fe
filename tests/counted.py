"""Conversations small enough to count by hand, and what is measured of them.

Each function writes one line, as in `notation`: seconds, who sent it, and the event.
"""

from __future__ import annotations

import base64

from notation import entries_of

from rtcli.session.measured import connections

HEADER = '- {"rtcli":1,"started_at":"2026-11-20T19:00:00Z","transport":"websocket","handshake":true,"lossless":true}\n'
DETECTION = '"turn_detection":{"type":"server_vad","silence_duration_ms":200}'


def session_of(detection=DETECTION, t=0.1, session_id="sess_1", model="gpt-realtime", more=""):
    return (
        f'{t} < session.created {{"session":{{"type":"realtime","id":"{session_id}","model":"{model}",{more}'
        f'"audio":{{"input":{{"format":{{"type":"audio/pcm","rate":24000}},{detection}}},'
        '"output":{"format":{"type":"audio/pcm","rate":24000}}}}}\n'
    )


BEGIN = HEADER + session_of()


def sound(ms, value=0):
    """PCM of that length in base64, each sample the same."""
    return base64.b64encode(value.to_bytes(2, "little") * (24 * ms)).decode()


def append(t, ms=100):
    return f'{t} > input_audio_buffer.append {{"audio":"{sound(ms)}"}}\n'


def started(t, item, ms):
    return f'{t} < input_audio_buffer.speech_started {{"item_id":"{item}","audio_start_ms":{ms}}}\n'


def stopped(t, item, ms):
    return f'{t} < input_audio_buffer.speech_stopped {{"item_id":"{item}","audio_end_ms":{ms}}}\n'


def committed(t, item):
    return f'{t} < input_audio_buffer.committed {{"item_id":"{item}"}}\n'


def created(t, response, more='"conversation_id":"conv_1"'):
    return f'{t} < response.created {{"response":{{"id":"{response}","status":"in_progress",{more}}}}}\n'


def audio(t, response, ms=100, value=0, item="item_a"):
    place = f'"response_id":"{response}","item_id":"{item}","output_index":0,"content_index":0'
    return f'{t} < response.output_audio.delta {{{place},"delta":"{sound(ms, value)}"}}\n'


def text(t, response):
    place = f'"response_id":"{response}","item_id":"item_a","output_index":0,"content_index":0'
    return f'{t} < response.output_text.delta {{{place},"delta":"Hi"}}\n'


def done(t, response, status="completed", more=""):
    told = f'"id":"{response}","status":"{status}","conversation_id":"conv_1"{more}'
    return f'{t} < response.done {{"response":{{{told}}}}}\n'


CUT = ',"status_details":{"type":"cancelled","reason":"turn_detected"}'
SAID = '{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]}'


def measured(script):
    (connection,) = connections(entries_of(script))
    return connection


def values(script, metric):
    connection = measured(script)
    return [value.value for value in connection.metrics.of(metric, connection.kept)]


def parts(script, metric):
    connection = measured(script)
    return connection.metrics.aggregate(metric, connection.kept).parts


def usage(taken, given):
    return f',"usage":{{"input_tokens":{taken},"output_tokens":{given}}}'


def call(t, call_id, item="item_f", response="r"):
    place = f'"response_id":"{response}","item_id":"{item}","output_index":0'
    return (
        f'{t} < response.function_call_arguments.done {{{place},"call_id":"{call_id}","name":"f","arguments":"{{}}"}}\n'
    )


def output(t, call_id):
    item = f'{{"type":"function_call_output","call_id":"{call_id}","output":"x"}}'
    return f'{t} > conversation.item.create {{"item":{item}}}\n'


def transcribed(t, kind, item="u", more='"transcript":"Hi"'):
    name = "conversation.item.input_audio_transcription"
    return f'{t} < {name}.{kind} {{"item_id":"{item}","content_index":0,{more}}}\n'


def used(input_details, output_details):
    taken = f'"input_tokens":1000,"input_token_details":{{{input_details}}}'
    return f',"usage":{{{taken},"output_tokens":100,"output_token_details":{{{output_details}}}}}'


WHOLE = used(
    '"text_tokens":600,"audio_tokens":400,"image_tokens":0,"cached_tokens":500,'
    '"cached_tokens_details":{"text_tokens":300,"audio_tokens":200}',
    '"text_tokens":20,"audio_tokens":80,"reasoning_tokens":5',
)


SPOKEN = (
    BEGIN
    + "".join(append(n / 10) for n in range(2, 12))
    + started(0.6, "u", 100)
    + stopped(1.2, "u", 900)
    + committed(1.21, "u")
    + created(1.3, "r")
    + audio(1.5, "r", 200)
    + audio(1.6, "r", 200)
    + done(1.8, "r")
)
"""The user speaks from 100 to 700 ms of the audio, which were sent at 0.8 s: 200 ms of silence end it."""


INTERRUPTED = (
    SPOKEN.replace(done(1.8, "r"), "")
    + started(1.7, "v", 1500)
    + '1.72 > conversation.item.truncate {"item_id":"item_a","content_index":0,"audio_end_ms":180}\n'
    + audio(1.75, "r", 100)
    + done(1.8, "r", "cancelled", CUT)
)
"""At 1.7 s 400 ms have come, and 200 ms of them can have been played."""
