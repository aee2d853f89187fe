"""What is asked of a session, and what is in force: what the pages do not show."""

from __future__ import annotations

import json

import pytest
from notation import entries_of, lines_of

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import Check
from rtcli.rules.table import RULES

WHOLE = '- {"rtcli": 1, "transport": "websocket", "lossless": true%s}'
AZURE = WHOLE % ', "url": "wss://x.services.ai.azure.com/voice-live/realtime?model=m"'
SPEAKS = '< response.output_audio.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "AAAA"}'
BEGUN = '< response.created {"response": {"id": "r"}}'
DONE = '< response.done {"response": {"id": "r"}}'


def created(kind="realtime", **fields):
    return "< session.created %s" % json.dumps({"session": {"type": kind, **fields}})


def updated(**fields):
    return "< session.updated %s" % json.dumps({"session": {"type": "realtime", **fields}})


def update(kind="realtime", **fields):
    return "> session.update %s" % json.dumps({"session": {"type": kind, **fields}})


def found(*lines, header=WHOLE % ""):
    listener = Listener()
    entries = read(lines_of("\n".join([header, *lines])), listener)
    return [(one.code, one.line) for one in Check(RULES, listener).run(entries) if one.code.startswith("SES")]


def detection(kind, **more):
    return {"input": {"turn_detection": {"type": kind, **more}}}


def test_a_model_changes_only_where_both_are_told_and_the_server_is_one_that_settles_it():
    asked = update(model="gpt-realtime-mini")
    assert found(created(model="gpt-realtime"), asked) == [("SES01", 3)]
    assert found(created(), asked) == []
    assert found(created(model="gpt-realtime"), update()) == []
    assert found(created(model="gpt-realtime"), asked, header=AZURE) == []


def test_the_same_model_may_be_named_with_and_without_its_date():
    assert found(created(model="gpt-realtime"), update(model="gpt-realtime-2025-08-28")) == []
    assert found(created(model="gpt-realtime-2025-08-28"), update(model="gpt-realtime-2025-12-15")) == []


def test_an_update_that_names_no_voice_changes_none():
    voice = {"output": {"voice": "ash"}}
    lines = [created(audio={"output": {"voice": "marin"}}), BEGUN, SPEAKS, DONE]
    assert found(*lines, update(instructions="x")) == []
    assert found(*lines, update(audio={"output": {"voice": "marin"}})) == []
    assert found(*lines, update(audio=voice)) == [("SES02", 6)]
    assert found(lines[0], update(audio=voice), *lines[1:]) == []


def test_a_type_is_missed_whatever_else_is_wrong_and_not_before_there_is_a_session():
    bare = '> session.update {"session": {"instructions": 5}}'
    assert found(created(), bare) == [("SES03", 3)]
    assert found(bare) == []
    assert found(created(), bare.replace('"instructions"', '"type": "reel", "instructions"')) == []
    assert found(created(), update(instructions=5)) == []
    assert found(created(), '> session.update {"session": null}') == []
    assert found(created(), '> response.create {"response": 5}') == []


def test_a_session_is_of_one_type():
    assert found(created(), update("transcription")) == [("SES04", 3)]
    assert found(update("transcription")) == []


def test_what_the_server_does_not_tell_may_be_in_force():
    assert found(created(), update(instructions="x"), updated()) == []
    assert found(created(), update(instructions="x"), updated(instructions="y")) == [("SES05", 4)]


def test_turn_detection_that_is_not_told_is_off():
    asked = update(audio=detection("server_vad"))
    assert found(created(), asked, updated(audio={"input": {"turn_detection": None}})) == [("SES05", 4)]
    assert found(created(), asked, updated(audio=detection("server_vad", threshold=0.5))) == []


def test_of_two_updates_at_once_nobody_knows_which_is_answered():
    asked = [update(instructions="x"), update(instructions="y")]
    assert found(created(), *asked, updated(instructions="z")) == []


@pytest.mark.parametrize("side", ["input", "output"])
def test_the_rate_of_pcm_is_looked_at_on_both_sides(side):
    def asked(rate):
        return update(audio={side: {"format": {"type": "audio/pcm", "rate": rate}}})

    assert found(created(), asked(24000), asked(16000)) == [("SES06", 4)]


def test_fields_of_the_beta_are_told_by_their_names():
    assert found(created(), update(voice="ash", turn_detection=None)) == [("SES07", 3), ("SES07", 3)]
    assert found(update(voice="ash")) == []
    assert found(created(), update(mood="good")) == []
    assert found(created(), update(voice="ash", instructions=5)) == [("SES07", 3)], "in an update with a fault too"
    assert found(created(), '> session.update {"voice": "ash", "session": {"type": "realtime"}}') == []


@pytest.mark.parametrize(("asked", "codes"), [(["text", "audio"], ["SES08"]), (["text"], []), (["audio"], [])])
def test_text_and_audio_are_not_asked_for_together_of_a_response_either(asked, codes):
    line = "> response.create %s" % json.dumps({"response": {"output_modalities": asked}})
    assert [code for code, _ in found(created(), line)] == codes
    assert [code for code, _ in found(created(), update(output_modalities=asked))] == codes


def test_the_speed_is_changed_only_by_another_speed_and_only_within_a_response():
    begun = created(audio={"output": {"speed": 1.0}})
    faster, same = (update(audio={"output": {"speed": speed}}) for speed in (1.2, 1.0))
    assert found(begun, BEGUN, faster, DONE) == [("SES10", 4)]
    assert found(begun, BEGUN, same, update(instructions="x"), DONE) == []
    assert found(begun, faster, BEGUN, DONE) == []


def test_only_a_model_that_transcribes_while_the_user_speaks_takes_no_turn_detection():
    def asked(kind, model):
        return update(
            kind, audio={"input": {"transcription": {"model": model}, "turn_detection": {"type": "server_vad"}}}
        )

    begun = created("transcription")
    assert found(begun, asked("transcription", "gpt-realtime-whisper")) == [("SES11", 3)]
    assert found(begun, asked("transcription", "whisper-1")) == []
    off = {"transcription": {"model": "gpt-realtime-whisper"}, "turn_detection": None}
    assert found(begun, update("transcription", audio={"input": off})) == []
    assert found(created(), asked("realtime", "gpt-realtime-whisper")) == []


def test_what_is_sent_after_the_close_is_the_clients():
    close = '- {"close": {"code": 1000}}'
    assert found(created(), close, "> response.create {}") == [("SES09", 4)]
    assert found(created(), close, BEGUN) == []


def test_a_choice_is_looked_for_among_the_tools_of_the_same_update_only():
    choice, tool = {"type": "function", "name": "b"}, {"type": "function", "name": "a"}
    assert found(created(), update(tools=[tool], tool_choice=choice)) == [("SES13", 3)]
    assert (
        found(created(), update(tool_choice=choice), update(tools=[tool]), update(tools=[tool], tool_choice="auto"))
        == []
    )


@pytest.mark.parametrize(
    ("role", "kind", "codes"),
    [
        ("user", "input_text", []),
        ("user", "output_text", ["SES14"]),
        ("system", "input_text", []),
        ("system", "output_text", ["SES14"]),
        ("assistant", "output_text", []),
        ("assistant", "input_text", ["SES14"]),
    ],
)
@pytest.mark.parametrize("more", [{}, {"status": 5}])
def test_each_role_has_content_of_its_own_also_in_a_message_with_a_fault(role, kind, codes, more):
    """Source: openai-python 3.52.0, the three ``realtime_conversation_item_*_message.py``."""
    item = {"type": "message", "role": role, "content": [{"type": kind, "text": "Hi"}], **more}
    assert [code for code, _ in found("> conversation.item.create %s" % json.dumps({"item": item}))] == codes


def test_audio_is_inserted_as_the_assistants_only_where_there_is_some():
    def item(role, kind, **fields):
        content = [{"type": kind, **fields}]
        return "> conversation.item.create %s" % json.dumps(
            {"item": {"type": "message", "role": role, "content": content}}
        )

    assert found(item("assistant", "output_audio", audio="AAAA")) == [("SES15", 2)]
    assert found(item("assistant", "output_audio", audio="", transcript="Hi")) == []
    assert found(item("user", "input_audio", audio="AAAA")) == []


def test_a_time_out_that_is_not_asked_for_is_no_fault():
    def asked(value):
        return update(audio=detection("semantic_vad", idle_timeout_ms=value))

    assert found(created(), asked(6000), asked(None)) == [("SES12", 3)]


@pytest.mark.parametrize(("sign", "told"), [(">", [("SES09", 4)]), ("<", [])])
def test_what_stands_behind_the_close_is_told_of_the_client_only(sign, told):
    close = '- {"from": "server", "close": {"code": 1000}}'
    assert found(created(), close, f"1.0 {sign} response.cancel") == told


def test_an_empty_update_lacks_its_type_too():
    assert found(created(), '> session.update {"session": {}}') == [("SES03", 3)]
    assert found(created(), '> session.update {"session": "type"}') == []


def test_only_a_session_that_converses_has_a_model_of_its_own():
    heard = created("transcription", audio={"input": {"transcription": {"model": "whisper-1"}}})
    assert found(heard, update(model="gpt-realtime")) == [("SES04", 3)]


def test_what_the_server_says_of_a_session_is_no_update():
    faulty = {"instructions": 5, "voice": "ash", "audio": {"input": {"format": {"type": "audio/pcm", "rate": 16000}}}}
    assert found(created(), updated(**faulty)) == []
    assert [code for code, _ in found(created(), update(**faulty))] == ["SES06", "SES07"]
    assert found(created(), updated(**faulty).replace('"type": "realtime", ', "")) == []


def test_a_change_of_speed_is_told_with_the_response_that_it_falls_into():
    begun, faster = created(audio={"output": {"speed": 1.0}}), update(audio={"output": {"speed": 1.2}})

    def lines(*script):
        return [one.lines for one in Check(RULES).run(entries_of("\n".join(script))) if one.code == "SES10"]

    assert lines(begun, BEGUN, faster, DONE) == [(2,)]
    assert lines(begun, SPEAKS, faster, DONE) == [()], "it was not seen to begin"


def test_fields_of_the_beta_are_told_whatever_else_is_wrong_with_an_update():
    voice = '> session.update {"session": {%s"voice": "ash"}}'
    assert found(created(), voice % "") == [("SES03", 3), ("SES07", 3)]
    assert found(created(), voice % '"type": "reel", ') == [("SES07", 3)]
    assert found(created(), '> session.update {"session": "voice"}') == []


def test_a_field_is_one_of_the_beta_only_in_its_place_and_secrets_are_another_matter():
    assert found(created(), update(audio={"temperature": 1, "input": {"voice": "ash"}})) == []
    assert found(created(), update(client_secret={"value": "x"})) == []


def test_only_pcm_has_a_rate_that_is_looked_at_and_only_at_openai():
    def asked(kind, rate, **more):
        return update(audio={"input": {"format": {"type": kind, "rate": rate}}}, **more)

    assert found(created(), asked("audio/pcm", 16000)) == [("SES06", 3)]
    assert found(created(), asked("audio/pcmu", 8000, instructions=5)) == []
    assert found(created(), asked("audio/pcm", 24000, instructions=5)) == []
    assert found(created(), asked("audio/pcm", 16000), header=WHOLE % ', "url": "wss://api.x.ai/v1/realtime"') == []


def test_an_idle_time_out_is_told_with_its_place_and_other_settings_are_none():
    def asked(**more):
        listener = Listener()
        script = "\n".join([WHOLE % "", created(), update(audio=detection("semantic_vad", **more))])
        told = Check(RULES, listener).run(read(lines_of(script), listener))
        return [one.path for one in told if one.code == "SES12"]

    assert asked(idle_timeout_ms=6000) == ["$.session.audio.input.turn_detection.idle_timeout_ms"]
    assert asked(mood=1) == []
