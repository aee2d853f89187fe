"""One response, from its announcement to its end."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.standin import voice
from rtcli.standin.answer import CHUNK_MS, Answer, output_tokens
from rtcli.standin.outbox import Outbox
from rtcli.standin.script import Call, Say

STORY = Say(voice.model("story").text, voice.model("story").pcm16)
CALL = Call("get_weather", '{"city": "London", "days": 3}')


def answer(content=STORY, *, modality="audio", limit=None, audio_format="audio/pcm"):
    return Answer(
        Outbox(1, 0.0),
        content,
        conversation_id="conv_1",
        modalities=[modality],
        voice="marin",
        audio_format=audio_format,
        limit=limit,
        metadata=None,
    )


def said(made, count=None):
    made.begin()
    return [made.next(kind, value) for _, kind, value in list(made.steps())[:count]]


@pytest.mark.parametrize(
    ("content", "modality"), [(STORY, "audio"), (STORY, "text"), (CALL, "audio")], ids=["speech", "text", "call"]
)
@given(count=st.integers(0, 60))
def test_wherever_it_ends_the_end_says_what_the_deltas_said(content, modality, count):
    made = answer(content, modality=modality)
    deltas = said(made, count)
    text = "".join(event.delta for event in deltas if event.type != "response.output_audio.delta")
    closing, item, _ = made.end("cancelled")
    told = [
        getattr(event, name)
        for event in closing
        for name in ("text", "transcript", "arguments")
        if hasattr(event, name)
    ]
    assert set(told) == {text}
    assert item.status == "incomplete"


def test_speech_is_sent_in_chunks_faster_than_it_plays():
    steps = list(answer().steps())
    chunks = [value for _, kind, value in steps if kind == "audio"]
    assert b"".join(chunks) == STORY.pcm16
    assert {len(chunk) for chunk in chunks[:-1]} == {CHUNK_MS * 48}
    assert 4 <= len(STORY.pcm16) / 48000 / steps[-1][0] <= 8


def test_words_come_among_their_audio():
    kinds = [kind for _, kind, _ in answer().steps()]
    assert kinds[0] == "transcript"
    assert kinds[-1] == "audio"
    assert "audio" in kinds[: kinds.index("transcript") + 5]


@pytest.mark.parametrize(
    ("content", "modality"), [(STORY, "audio"), (STORY, "text"), (CALL, "text")], ids=["speech", "text", "call"]
)
@given(limit=st.integers(1, 200))
def test_it_never_costs_more_than_its_limit(content, modality, limit):
    made = answer(content, modality=modality, limit=limit)
    whole = said(answer(content, modality=modality))
    deltas = said(made)
    assert output_tokens(made.text, made.audio_ms) <= limit
    assert made.cut_short == (len(deltas) < len(whole))


def test_the_format_of_the_answer_is_the_one_asked_for():
    deltas = said(answer(audio_format="audio/pcmu"))
    sent = sum(len(base64.b64decode(event.delta)) for event in deltas if event.type == "response.output_audio.delta")
    assert abs(sent / 8 - len(STORY.pcm16) / 48) < 10


def test_before_it_began_it_has_nothing_to_close():
    made = answer()
    assert made.end("cancelled") == ([], None, [])
