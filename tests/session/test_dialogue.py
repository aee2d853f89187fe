"""What was said, in the order of the conversation."""

from __future__ import annotations

import json

from notation import entries_of
from sounding import append, began, created, delta, done, said, truncate, word

from rtcli.session.dialogue import dialogues

SECOND = bytes(48_000)


def sayings(*lines):
    return dialogues(entries_of("\n".join(lines)))


def added(t, item_id, text="", previous=None, role="user"):
    kind = "input_text" if role == "user" else "output_text"
    item = {"type": "message", "role": role, "id": item_id, "content": [{"type": kind, "text": text}] if text else []}
    return said(t, "server", "conversation.item.added", item=item, previous_item_id=previous)


def sent(t, text, event_id="e", **more):
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}], **more}
    return said(t, "client", "conversation.item.create", item=item, event_id=event_id)


def committed(t, item_id, previous=None):
    return said(t, "server", "input_audio_buffer.committed", item_id=item_id, previous_item_id=previous)


def transcribed(t, item_id, text):
    kind = "conversation.item.input_audio_transcription.completed"
    return said(t, "server", kind, item_id=item_id, content_index=0, transcript=text)


def test_a_user_is_transcribed_after_the_answer_began_and_stands_before_it():
    told = sayings(
        *[
            created(),
            append(1.0, SECOND),
            committed(1.1, "u"),
            began(1.2),
            added(1.2, "i", previous="u", role="assistant"),
        ],
        *[word(1.3, "Hi"), word(1.3, " there."), delta(1.3, SECOND), done(1.4), transcribed(1.9, "u", "Hello?")],
    )
    assert [(one.who, one.text) for one in told] == [("user", "Hello?"), ("model", "Hi there.")]
    assert [(one.starts_s, one.ends_s) for one in told] == [(0.0, 1.0), (1.3, 2.3)]


def test_items_stand_where_the_server_puts_them():
    told = sayings(
        created(), added(1.0, "a", "one"), added(1.1, "c", "three", "a"), added(1.2, "b", "two", "a"), sent(1.3, "zero")
    )
    assert [one.text for one in told] == ["one", "two", "three", "zero"]
    first = json.loads(sent(1.3, "zero", id="z").split(maxsplit=3)[3]) | {"previous_item_id": "root"}
    root = said(1.3, "client", "conversation.item.create", **first)
    assert [one.text for one in sayings(created(), added(1.0, "a", "one"), root)] == ["zero", "one"]


def test_what_a_client_sends_without_an_id_is_the_item_that_the_server_names():
    (one,) = sayings(created(), sent(1.0, "Hello!"), added(1.1, "a", "Hello!"))
    assert (one.item_id, one.text, one.starts_s) == ("a", "Hello!", 1.0)


def test_what_was_refused_was_not_said():
    error = {"type": "invalid_request_error", "message": "no", "event_id": "e"}
    assert sayings(created(), sent(1.0, "Hello!"), said(1.1, "server", "error", error=error)) == []


def test_what_is_sent_again_after_a_refusal_is_the_item_that_the_server_names():
    error = {"type": "invalid_request_error", "message": "no", "event_id": "first"}
    (one,) = sayings(
        *[created(), sent(1.0, "Hello!", "first"), said(1.1, "server", "error", error=error)],
        *[sent(2.0, "Hello!", "second"), added(2.1, "a", "Hello!")],
    )
    assert (one.item_id, one.text, one.starts_s) == ("a", "Hello!", 2.0)


def test_only_the_answer_that_was_cancelled_is_marked_so():
    told = sayings(
        *[created(), began(1.0), word(1.0, "One."), done(1.1)],
        *[began(2.0, "s"), word(2.0, "Two.", item="j", response="s"), done(2.1, "s", status="cancelled")],
    )
    assert [(one.text, one.cancelled) for one in told] == [("One.", False), ("Two.", True)]


def test_speech_without_a_transcription_has_its_place_and_its_length():
    (one,) = sayings(created(), append(1.5, SECOND), committed(1.6, "u"))
    assert (one.transcribed, one.text, one.audio_ms) == (False, "", 1000)


def test_a_failed_transcription_says_why():
    failed = said(
        2.0,
        "server",
        "conversation.item.input_audio_transcription.failed",
        item_id="u",
        content_index=0,
        error={"type": "t", "message": "too noisy"},
    )
    (one,) = sayings(created(), append(1.0, SECOND), committed(1.1, "u"), failed)
    assert (one.transcribed, one.failure) == (False, "too noisy")


def test_of_a_cut_answer_the_words_are_shared_out_by_its_audio():
    words = [line for n in range(10) for line in (word(1.0, f"{'' if n == 0 else ' '}w{n}"), delta(1.0, SECOND))]
    (one,) = sayings(created(), began(0.9), *words, truncate(4.5, 3500), done(4.6, status="cancelled"))
    assert (one.heard, one.unheard) == ("w0 w1 w2", " w3 w4 w5 w6 w7 w8 w9")
    assert (one.interrupted, one.heard_ms, one.audio_ms) == (True, 3500, 10_000)


def test_a_word_is_not_heard_before_the_audio_that_came_before_its_text():
    late = [word(1.0, "one two three"), *[delta(1.0, SECOND)] * 8, word(1.1, " four five six"), delta(1.2, SECOND)]
    (one,) = sayings(created(), began(0.9), *late, truncate(8.0, 7000))
    assert one.heard == "one two three"


def test_words_never_told_cannot_be_shared_out_where_the_audio_is_not_in_the_recording():
    (one,) = sayings(created(), began(0.9), word(1.0, "one two three"), truncate(2.0, 700))
    assert (one.text, one.unheard, one.interrupted, one.heard_ms) == ("one two three", "", True, 700)


def test_where_the_server_plays_it_an_answer_is_heard_from_its_start_to_its_stop():
    told = sayings(
        *[created(), began(0.9), word(1.0, "Hi"), said(1.5, "server", "output_audio_buffer.started", response_id="r")],
        *[done(1.6), said(3.5, "server", "output_audio_buffer.cleared", response_id="r")],
    )
    assert [(one.starts_s, one.ends_s, one.interrupted) for one in told] == [(1.5, 3.5, True)]


def test_a_call_stands_with_what_came_of_it():
    call = {"type": "function_call", "id": "f", "call_id": "c", "name": "now", "arguments": "{}", "status": "completed"}
    output = {"type": "function_call_output", "call_id": "c", "output": "noon"}
    (one,) = sayings(
        *[created(), began(0.9)],
        said(1.0, "server", "response.output_item.done", response_id="r", output_index=0, item=call),
        said(1.1, "client", "conversation.item.create", item=output),
    )
    assert (one.kind, one.name, one.text, one.output) == ("call", "now", "{}", "noon")


def test_what_stands_outside_the_conversation_says_so():
    told = sayings(created(), began(0.9, "o", None), word(1.0, "psst", "x", "o"), began(1.0), word(1.1, "Hi"))
    assert [(one.text, one.out_of_band) for one in told] == [("psst", True), ("Hi", False)]


def test_without_times_and_audio_nothing_has_a_time():
    told = sayings(created(None), sent(None, "Hello!"), began(None), word(None, "Hi"))
    assert [(one.text, one.starts_s) for one in told] == [("Hello!", None), ("Hi", None)]


def test_a_translation_is_sentences_on_either_side(shared):
    lines = (shared / "traffic/translation/speech_translation.jsonl").read_text()
    from rtcli.formats.rtcli import read

    told = dialogues(read(line.encode() + b"\n" for line in lines.splitlines()))
    assert [(one.who, one.text) for one in told] == [
        ("user", "The quick brown fox jumps over the lazy"),
        ("model", "La rápida zorra marrón salta sobre el perro perezoso."),
    ]
    assert [one.ends_s for one in told] == [2.4, 5.6]


def test_a_live_session_says_when_on_its_own_time_line(shared):
    from rtcli.formats.rtcli import read

    lines = (shared / "traffic/live/text_only_session.jsonl").read_bytes().splitlines(keepends=True)
    (one,) = dialogues(read(iter(lines)))
    assert (one.who, one.text) == ("model", "I've checked—your package arrives on Friday.")
    assert (one.starts_s, one.ends_s) == (0.0, 2.2)


# --- Items of every kind -------------------------------------------------------------------------------

TRANSCRIPTION = "conversation.item.input_audio_transcription"


def item_of_model(t, item, kind="response.output_item.done", response="r"):
    return said(t, "server", kind, response_id=response, output_index=0, item=item)


def mcp_call(**more):
    return {"type": "mcp_call", "id": "m", "server_label": "s", "name": "look", "arguments": '{"at":1}', **more}


def test_an_item_that_is_sent_again_by_the_same_id_says_nothing_new():
    told = sayings(created(), sent(1.0, "one", id="a"), sent(1.1, "two", id="a"))
    assert [one.text for one in told] == ["one"]


def test_what_a_function_gave_back_stands_once_with_its_call():
    call = {"type": "function_call", "id": "f", "call_id": "c", "name": "look", "arguments": "{}"}
    output = {"type": "function_call_output", "id": "o", "call_id": "c", "output": "fog"}
    (told,) = sayings(created(), item_of_model(1.0, call), said(1.1, "server", "conversation.item.added", item=output))
    assert (told.name, told.text, told.output) == ("look", "{}", "fog")


def test_a_call_that_names_no_call_gets_no_output():
    place = {"response_id": "r", "item_id": "f", "output_index": 0}
    arguments = said(
        1.0, "server", "response.function_call_arguments.done", **place, call_id="", name="look", arguments="{}"
    )
    output = {"type": "function_call_output", "call_id": "", "output": "fog"}
    call, stray = sayings(created(), arguments, said(1.1, "client", "conversation.item.create", item=output))
    assert (call.who, call.name, call.output) == ("model", "look", None)
    assert (stray.who, stray.output) == ("tool", "fog")


def test_an_mcp_call_stands_with_what_came_of_it():
    (told,) = sayings(created(), item_of_model(1.0, mcp_call()))
    assert (told.kind, told.name, told.text, told.output) == ("call", "look", '{"at":1}', None)
    (told,) = sayings(created(), item_of_model(1.0, mcp_call(output="fog")))
    assert told.output == "fog"
    failed = mcp_call(error={"type": "tool_execution_error", "message": "no such place"})
    (told,) = sayings(created(), item_of_model(1.0, failed))
    assert told.output == "error: no such place"


def test_the_tools_of_a_server_are_nothing_that_is_said():
    listing = {"type": "mcp_list_tools", "id": "l", "server_label": "s", "tools": []}
    assert sayings(created(), said(1.0, "server", "conversation.item.added", item=listing)) == []


def test_what_an_item_says_when_it_is_done_holds():
    done_with = said(
        1.2, "server", "conversation.item.done", item=json.loads(added(1.2, "a", "whole").split(maxsplit=3)[3])["item"]
    )
    (told,) = sayings(created(), added(1.0, "a", "ha"), done_with)
    assert told.text == "whole"


def test_an_image_is_told_as_one():
    item = {"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": "data:,"}]}
    (told,) = sayings(created(), said(1.0, "client", "conversation.item.create", item=item))
    assert (told.kind, told.text) == ("text", "[image]")


def test_a_message_without_words_is_shown_by_the_name_that_the_server_gives_it():
    empty = {"type": "message", "role": "user", "content": []}
    told = sayings(
        created(),
        said(1.0, "client", "conversation.item.create", item=empty),
        added(1.1, "a"),
        said(
            1.2,
            "server",
            "conversation.item.done",
            item={**empty, "id": "a", "content": [{"type": "input_text", "text": "Hi"}]},
        ),
    )
    assert [(one.item_id, one.text) for one in told] == [("a", "Hi")]


# --- Words ---------------------------------------------------------------------------------------------


def test_an_end_without_words_leaves_what_was_said():
    place = {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
    end = said(1.5, "server", "response.output_audio_transcript.done", transcript="", **place)
    (told,) = sayings(created(), began(1.0), word(1.1, "Good "), word(1.2, "day."), end, done(1.6))
    assert told.text == "Good day."


def test_a_piece_that_comes_after_the_end_changes_nothing():
    place = {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
    end = said(1.5, "server", "response.output_audio_transcript.done", transcript="Good day.", **place)
    (told,) = sayings(created(), began(1.0), word(1.1, "Good "), end, word(1.6, "day."), done(1.7))
    assert told.text == "Good day."


def test_pieces_of_a_transcript_are_told_until_it_is_whole():
    pieces = [
        said(1.0 + n / 10, "server", f"{TRANSCRIPTION}.delta", item_id="u", content_index=0, delta=piece)
        for n, piece in enumerate(["", "Hel", "lo"])
    ]
    (told,) = sayings(created(), *pieces)
    assert (told.who, told.text, told.transcribed) == ("user", "Hello", True)
    (told,) = sayings(created(), *pieces, transcribed(1.5, "u", "Hello?"))
    assert told.text == "Hello?"


def test_a_commit_that_comes_behind_its_transcript_takes_nothing_back():
    (told,) = sayings(created(), append(1.0, SECOND), transcribed(1.1, "u", "Hello?"), committed(1.2, "u"))
    assert (told.text, told.transcribed) == ("Hello?", True)


def test_where_nothing_was_understood_that_is_told():
    (told,) = sayings(created(), append(1.0, SECOND), committed(1.2, "u"), transcribed(1.5, "u", " "))
    assert (told.text.strip(), told.transcribed, told.failure) == ("", False, "nothing was understood")


def test_what_another_response_says_under_an_id_stands_by_itself_and_is_not_cancelled_with_the_first():
    told = sayings(
        created(),
        began(1.0),
        word(1.1, "Hi", "a"),
        word(1.1, "there", "b"),
        began(1.2, "s"),
        word(1.3, "you", "a", "s"),
        word(1.4, "!", "a", "r"),
        done(1.4, "r", "cancelled"),
    )
    said_so = [(one.item_id, one.response_id, one.text, one.cancelled) for one in told]
    assert said_so == [("a", "r", "Hi!", True), ("b", "r", "there", True), ("a", "s", "you", False)]


def test_the_audio_of_an_id_that_two_responses_use_is_each_one_s_own():
    first, second = told = sayings(
        *[created(), began(1.0), word(1.0, "one two", "a"), delta(1.0, SECOND * 2, "a"), truncate(2.0, 1000, "a")],
        *[done(2.1), began(5.0, "s"), word(5.0, "three", "a", "s"), delta(5.0, SECOND * 3, "a", "s"), done(6.0, "s")],
    )
    assert [(one.audio_ms, one.heard_ms, one.interrupted) for one in told] == [(2000, 1000, True), (3000, None, False)]
    assert (first.starts_s, second.starts_s, second.ends_s) == (1.0, 5.0, 8.0)


def deletion(t, side, kind, item_id):
    return said(t, side, f"conversation.item.{kind}", item_id=item_id)


def test_an_id_that_is_free_again_is_another_message_s():
    first, second = sent(1.0, "one", id="m"), sent(2.0, "two", event_id="f", id="m")
    asked, deleted = deletion(1.5, "client", "delete", "m"), deletion(1.6, "server", "deleted", "m")
    orders = [
        [first, added(1.1, "m", "one"), asked, deleted, second, added(2.1, "m", "two")],
        [first, added(1.1, "m", "one"), asked, second, deleted, added(2.1, "m", "two")],
        [added(1.1, "m", "one"), deleted, added(2.1, "m", "two")],
    ]
    for lines in orders:
        assert [(one.item_id, one.text) for one in sayings(created(), *lines)] == [("m", "one"), ("m", "two")]
    for lines in (
        [first, second],
        [first, asked, added(1.6, "m", "one")],
        [first, deleted, transcribed(3, "m", "one")],
    ):
        assert [one.item_id for one in sayings(created(), *lines)] == ["m"]


def test_a_space_between_sentences_begins_none():
    pieces = ["Hello.", " ", "Who is it?"]
    started = said(0.0, "server", "session.created", session={"type": "translation", "id": "s"})
    lines = [said(n / 10, "server", "session.input_transcript.delta", delta=one) for n, one in enumerate(pieces)]
    assert [one.text for one in sayings(started, *lines)] == ["Hello.", "Who is it?"]


def test_what_a_response_says_only_when_it_is_done_is_said():
    message = {"type": "message", "role": "assistant", "id": "i", "content": [{"type": "output_text", "text": "Late."}]}
    ended = said(1.4, "server", "response.done", response={"id": "r", "status": "completed", "output": [message]})
    told = sayings(created(), began(1.2), ended)
    assert [(one.who, one.text) for one in told] == [("model", "Late.")]


def test_each_connection_has_its_own_words_and_number():
    first = [created(), began(1.2), word(1.3, "Hi", "a"), done(1.4, "r")]
    told = sayings(*first, '- {"rtcli": 1}', *first)
    assert [one.text for one in told] == ["Hi", "Hi"]
    before, after = told
    assert after.connection == before.connection + 1


def test_what_only_the_end_of_a_response_says_to_be_outside_the_conversation_is():
    outside = json.loads(done(2.0, "s").split(maxsplit=3)[3])
    outside["response"]["conversation_id"] = None
    ended = said(2.0, "server", "response.done", **outside)
    for begun, apart in (([], True), ([began(1.0, "s")], False)):  # what its beginning has said holds
        (told,) = sayings(created(), *begun, word(1.1, "Hi", "a", "s"), ended)
        assert told.out_of_band == apart
