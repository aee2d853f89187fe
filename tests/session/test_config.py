from __future__ import annotations

from notation import entries_of

from rtcli.session import Config

PCM = '{"type":"audio/pcm","rate":24000}'
CREATED = (
    '< session.created {"session":{"type":"realtime","id":"sess_1","model":"gpt-realtime","output_modalities":["audio"],'
    f'"audio":{{"input":{{"format":{PCM},"turn_detection":{{"type":"server_vad"}}}},"output":{{"format":{PCM},"voice":"marin"}}}},'
    '"tools":[{"type":"function","name":"get_weather"}]}}'
)
ASK_PCMU = '> session.update {"event_id":"ask","session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcmu"}}}}}'


def configured(script):
    config = Config()
    for entry in entries_of(script):
        config.apply(entry)
    return config


def test_the_created_session_is_the_configuration():
    config = configured(CREATED)
    assert config.session_id == "sess_1"
    assert (config.type, config.model, config.voice, config.modalities) == (
        "realtime",
        "gpt-realtime",
        "marin",
        ["audio"],
    )
    assert (config.input_format, config.output_format) == ("audio/pcm", "audio/pcm")
    assert type(config.turn_detection).__name__ == "ServerVad"
    assert [tool.name for tool in config.tools] == ["get_weather"]


def test_nothing_is_known_before_the_server_says_it():
    config = Config()
    assert (config.session_id, config.type, config.model, config.voice, config.modalities) == (None,) * 5
    assert (config.input_format, config.output_format, config.turn_detection, config.tools) == (None, None, None, [])


def test_an_update_replaces_the_whole_configuration():
    config = configured(
        CREATED + '\n< session.updated {"session":{"type":"realtime","id":"sess_1","model":"gpt-realtime"}}'
    )
    assert (config.voice, config.tools, config.turn_detection) == (None, [], None)


def test_an_input_format_that_was_asked_for_counts_at_once():
    assert configured(f"{CREATED}\n{ASK_PCMU}").input_format == "audio/pcmu"


def test_an_output_format_that_was_asked_for_waits_for_the_server():
    ask = '> session.update {"session":{"type":"realtime","audio":{"output":{"format":{"type":"audio/pcma"}}}}}'
    assert configured(f"{CREATED}\n{ask}").output_format == "audio/pcm"


def test_a_refused_update_takes_the_input_format_back():
    refusal = '< error {"error":{"type":"invalid_request_error","message":"no","event_id":"ask"}}'
    assert configured(f"{CREATED}\n{ASK_PCMU}\n{refusal}").input_format == "audio/pcm"


def test_an_error_about_something_else_leaves_the_input_format():
    refusal = '< error {"error":{"type":"invalid_request_error","message":"no","event_id":"other"}}'
    assert configured(f"{CREATED}\n{ASK_PCMU}\n{refusal}").input_format == "audio/pcmu"


def test_another_session_forgets_the_first():
    other = '< session.created {"session":{"type":"transcription","id":"sess_2"}}'
    config = configured(f"{CREATED}\n{other}")
    assert (config.session_id, config.type, config.output_format) == ("sess_2", "transcription", None)


def test_a_new_recording_forgets_the_session():
    assert configured(f'{CREATED}\n- {{"rtcli":1}}').session_id is None


def test_an_event_with_fields_of_its_own_counts_like_any_other():
    config = configured('< session.created {"vendor":"x","session":{"type":"realtime","id":"sess_1","model":"m"}}')
    assert config.model == "m"


def test_a_custom_voice_goes_by_its_id():
    config = configured(
        '< session.created {"session":{"type":"realtime","audio":{"output":{"voice":{"id":"voice_7"}}}}}'
    )
    assert config.voice == "voice_7"


HEARD = '"input_audio_format":"pcm16","input_audio_transcription":{"model":"whisper-1"}'


def test_a_session_of_beta_that_only_transcribes_has_the_model_that_transcribes():
    config = configured(
        f'< transcription_session.created {{"session":{{"id":"sess_1",{HEARD}}}}}\n'
        f'> transcription_session.update {{"session":{{{HEARD}}}}}\n'
        f'< transcription_session.updated {{"session":{{"id":"sess_1",{HEARD}}}}}'
    )
    assert (config.session_id, config.model, config.input_format) == ("sess_1", "whisper-1", "audio/pcm")
