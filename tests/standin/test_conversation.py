"""The conversation's items and their order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.events.objects import FunctionCall, FunctionCallOutput, InputAudio, InputText, Message, OutputAudio
from rtcli.standin.conversation import Conversation
from rtcli.standin.refusal import Refused


def user(text="hello"):
    return Message(role="user", content=[InputText(text=text)])


def talk(*names):
    made = Conversation("conv_1")
    for name in names:
        made.add(user(), name)
    return made


def test_an_item_goes_to_the_end_or_after_another_or_to_the_front():
    made = talk("a", "b")
    assert made.add(user(), "c") == "b"
    assert made.add(user(), "d", "a") == "a"
    assert made.add(user(), "e", "root") is None
    assert made.order == ["e", "a", "d", "b", "c"]


def test_an_unknown_predecessor_is_refused_and_nothing_is_added():
    made = talk("a")
    with pytest.raises(Refused) as refusal:
        made.add(user(), "b", "nobody")
    assert refusal.value.param == "previous_item_id"
    assert made.order == list(made.items) == ["a"]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from([None, "root", *"abcde"]))))
def test_order_and_items_always_name_the_same(steps):
    made = talk()
    for name, after in steps:
        try:
            made.remove(name)
        except Refused:
            try:
                made.add(user(), name, after)
            except Refused:
                assert after not in made.items
        assert sorted(made.order) == sorted(made.items)


def test_the_predecessor_of_a_settled_answer_is_null_when_it_is_the_first():
    made = talk("a", "b", "c")
    assert [made.settled_before(name) for name in "abc"] == [None, None, "b"]


@pytest.mark.parametrize(
    ("item", "param"),
    [
        (Message(id="a", role="user", content=[]), "item.id"),
        (FunctionCallOutput(call_id="call_9", output=""), "item.call_id"),
        (Message(role="system", content=[InputText(text=""), InputAudio()]), "item.content[1].type"),
        (Message(role="assistant", content=[InputText(text="x")]), "item.content[0].type"),
        (Message(role="assistant", content=[OutputAudio(audio="AAAA")]), "item.content[0].type"),
    ],
)
def test_an_item_that_cannot_be_is_refused(item, param):
    with pytest.raises(Refused) as refusal:
        talk("a").check(item)
    assert refusal.value.param == param


def test_an_output_fits_a_call_that_was_made():
    made = talk()
    made.add(FunctionCall(name="f", call_id="call_1", arguments="{}"), "f")
    made.check(FunctionCallOutput(call_id="call_1", output="done"))
    made.add(FunctionCallOutput(call_id="call_1", output="done"), "o")
    assert made.output == "done"


def test_a_new_message_of_the_user_puts_an_old_output_out_of_mind():
    made = talk()
    made.add(FunctionCallOutput(call_id="call_1", output="done"), "o")
    made.add(user("and now?"), "u")
    assert (made.said, made.output) == ("and now?", None)


def test_speech_is_cut_once_and_never_grows_again():
    made = talk()
    made.add(Message(role="assistant", content=[OutputAudio(transcript="Hello there.")]), "a")
    made.spoken_ms["a"] = 2000
    made.truncate("a", 0, 500)
    assert made.items["a"].content[0].transcript is None
    with pytest.raises(Refused):
        made.truncate("a", 0, 501)


@pytest.mark.parametrize(("name", "index"), [("u", 0), ("a", 1), ("t", 0)])
def test_only_speech_of_the_assistant_can_be_cut(name, index):
    made = talk("u")
    made.add(Message(role="assistant", content=[OutputAudio(transcript="Hello there.")]), "a")
    made.add(Message(role="assistant", content=[InputText(text="x")]), "t")
    with pytest.raises(Refused) as refusal:
        made.truncate(name, index, 0)
    assert refusal.value.code == "invalid_value"


def test_what_was_heard_is_kept_with_its_transcript():
    made = talk()
    made.add(Message(role="user", content=[InputAudio(transcript=None)]), "u")
    made.heard("u", bytes(48 * 1000), "Hello?")
    made.transcribed("u", "Hello?")
    made.transcribed("gone", "Hello?")
    part = made.retrieved("u").content[0]
    assert (part.transcript, len(part.audio)) == ("Hello?", 64_000)
    assert (made.said, made.audio_tokens) == ("Hello?", 10)
