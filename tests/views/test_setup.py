from __future__ import annotations

from notation import entries_of

from rtcli.views.setup import changes, facts


def session(fields):
    (entry,) = entries_of('< session.updated {"session":{"type":"realtime"%s}}' % fields)
    return entry.event.session


FULL = session(
    ',"model":"gpt-realtime","output_modalities":["audio"],"instructions":"Be brief","audio":{"input":{"format":{"type":"audio/pcmu"},'
    '"turn_detection":{"type":"semantic_vad","eagerness":"low"},"transcription":{"model":"whisper-1"}},'
    '"output":{"format":{"type":"audio/pcm"},"voice":"marin"}},"tools":[{"type":"function","name":"find"},{"type":"mcp","server_label":"docs"}]'
)


def test_a_configuration_in_a_few_words():
    assert facts(FULL) == [
        "gpt-realtime",
        "audio",
        "voice marin",
        "audio/pcmu in, audio/pcm out",
        "semantic_vad low",
        "transcribed by whisper-1",
        "tools find, docs",
        "instructions of 8 characters",
    ]


def test_nothing_is_said_of_what_is_not_known():
    assert facts(session("")) == []


def test_many_tools_are_counted():
    tools = ",".join('{"type":"function","name":"f"}' for _ in range(7))
    assert facts(session(f',"tools":[{tools}]')) == ["7 tools"]


def test_only_what_changed_is_told():
    after = session(',"model":"gpt-realtime","output_modalities":["text"]')
    before = session(',"model":"gpt-realtime","output_modalities":["audio"],"audio":{"output":{"voice":"marin"}}')
    assert changes(before, after) == ["text", "no voice"]


def test_instructions_of_the_same_length_are_a_change():
    assert changes(session(',"instructions":"abc"'), session(',"instructions":"xyz"')) == [
        "instructions of 3 characters"
    ]


def test_a_transcription_session_says_so():
    (entry,) = entries_of(
        '< session.updated {"session":{"type":"transcription","audio":{"input":{"transcription":{"model":"whisper-1"}}}}}'
    )
    assert facts(entry.event.session) == ["transcription whisper-1"]
