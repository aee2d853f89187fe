from __future__ import annotations

from inline_snapshot import snapshot
from notation import entries_of
from sessions import FAILED, INTERRUPTED, SPOKEN

from rtcli.views.timeline import Timeline


def shown(script, *, fold=True):
    timeline = Timeline(fold=fold)
    lines = [line for entry in entries_of(script) for line in timeline.feed(entry)] + timeline.flush()
    return "\n" + "\n".join(line.plain for line in lines) + "\n"


def test_a_spoken_turn_and_its_interruption():
    assert shown(SPOKEN + INTERRUPTED) == snapshot("""\

  0.00 s  · header  rtcli 0.1.0 connect  ws://127.0.0.1:8000/v1/realtime?model=demo
  0.05 s  · open  101
  0.10 s  ← session.created  sess_1  demo  audio  voice marin  audio/pcm  server_vad 500 ms
  0.20 s  → input_audio_buffer.append  3× 300 ms 14 KB gap ≤ 180 ms
  0.50 s  ← input_audio_buffer.speech_started  item_u  at 0.10 s
  1.00 s  ← input_audio_buffer.speech_stopped  item_u  at 0.30 s
  1.01 s  ← input_audio_buffer.committed  item_u
  1.02 s  ← conversation.item.added  item_u  user
  1.10 s  ← response.created  resp_1  in progress
  1.20 s  ← response.output_item.added  item_a  assistant
  1.25 s  ← response.content_part.added  item_a  audio
  1.60 s  ← conversation.item.input_audio_transcription.completed  item_u  “Is it [bold]foggy[/x] \\x1b[2J in London today?”
  1.30 s  ← response.output_audio_transcript.delta  item_a  2× 22 characters gap ≤ 60 ms  “It is foggy in London.”
  1.35 s  ← response.output_audio.delta  item_a  2× 200 ms 9.6 KB gap ≤ 180 ms
  2.00 s  ← input_audio_buffer.speech_started  item_v  at 0.90 s
  2.01 s  ← response.done  resp_1  cancelled  (turn_detected)  20 tokens in, 30 out
  2.02 s  → conversation.item.truncate  item_a  at 0.15 s
  2.05 s  ← conversation.item.truncated  item_a  at 0.15 s
""")


def test_a_turn_that_fails():
    assert shown(FAILED) == snapshot("""\

  0.10 s  → session.update  voice alloy
  0.20 s  ← error  invalid_request_error cannot_update_voice: Cannot update a conversation's voice if assistant audio is present. (param session.audio.output.voice, for ask_1)
  0.30 s  → conversation.item.create  user  “What is the weather in London?”
  0.31 s  → response.create
  0.40 s  ← response.created  resp_1  in progress
  0.50 s  ← response.output_item.added  item_f  get_weather
  0.60 s  ← response.function_call_arguments.delta  item_f  2× 18 characters gap ≤ 100 ms  “{"city": "London"}”
  0.80 s  ← response.done  resp_1  failed  server_error: rate_limit_exceeded: You exceeded your current quota, please check your plan and billing details.
  0.85 s  → conversation.item.create  call_1  “fog, 12 degrees”
  0.90 s  · note  user heard a click
  0.95 s  ← response.funky  unknown type  “what?”
  0.96 s  ← response.done  $.response: expected an object, found an integer
  1.00 s  ← close  1011  internal error: keepalive ping timeout
""")


def test_unfolded_every_delta_has_its_line():
    lines = shown(SPOKEN, fold=False).strip().splitlines()
    assert len(lines) == len(entries_of(SPOKEN))


PLACE = '"response_id":"r","item_id":"i","output_index":0,"content_index":0'
TEXT = f'< response.output_text.delta {{{PLACE},"delta":"a"}}\n'
SPEECH = f'< response.output_audio.delta {{{PLACE},"delta":"AAAA"}}\n'


def types(script):
    return [line.split()[1] for line in shown(script).strip().splitlines()]


def test_interleaved_runs_each_go_on():
    assert types(TEXT + SPEECH + TEXT + SPEECH) == ["response.output_text.delta", "response.output_audio.delta"]


def test_a_run_is_told_when_its_end_comes():
    timeline = Timeline()
    lines = [
        len(timeline.feed(entry))
        for entry in entries_of(TEXT + TEXT + f'< response.output_text.done {{{PLACE},"text":"aa"}}')
    ]
    assert lines == [0, 0, 2]


def test_a_run_of_another_part_does_not_end_with_it():
    other = TEXT.replace('"content_index":0', '"content_index":1')
    timeline = Timeline()
    lines = [
        len(timeline.feed(entry))
        for entry in entries_of(TEXT + other + f'< response.output_text.done {{{PLACE},"text":"a"}}')
    ]
    assert (lines, len(timeline.flush())) == ([0, 0, 2], 1)


def test_another_turn_ends_all_runs():
    script = SPEECH + '< input_audio_buffer.speech_started {"item_id":"u","audio_start_ms":0}'
    assert types(script) == ["response.output_audio.delta", "input_audio_buffer.speech_started"]


def test_a_run_of_an_unknown_type_is_folded_too():
    assert shown('< beep.delta {"delta":"ab"}\n< beep.delta {"delta":"cd"}\n') == snapshot("""\

· beep.delta  2× 4 characters  “abcd”
""")


def test_a_damaged_delta_is_told_by_itself():
    assert len(types('< response.output_text.delta {"delta":1}\n' * 2)) == 2


def test_entries_that_are_only_heeded_teach_the_format():
    created, delta = entries_of(
        '< session.created {"session":{"type":"realtime","audio":{"output":{"format":{"type":"audio/pcmu"}}}}}\n'
        + SPEECH.replace("AAAA", "A" * 3200)
    )
    timeline = Timeline()
    timeline.heed(created)
    timeline.feed(delta)
    assert "300 ms" in timeline.flush()[0].plain


def test_a_line_break_of_a_peer_makes_no_line():
    assert "\n" not in shown('< response.output_text.done {%s,"text":"a\\nb\\u001b"}' % PLACE).strip()
