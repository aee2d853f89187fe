from __future__ import annotations

from notation import told

from rtcli.session.tree import Response, Turn

BEGUN = """
1.0 < response.created {"response":{"id":"r","status":"in_progress","conversation_id":"c"}}
1.1 < response.output_item.added {"response_id":"r","output_index":0,"item":{"id":"i","type":"message","role":"assistant","status":"in_progress","content":[]}}
1.2 < response.content_part.added {"response_id":"r","item_id":"i","output_index":0,"content_index":0,"part":{"type":"text","text":""}}
"""
PLACE = '"response_id":"r","item_id":"i","output_index":0,"content_index":0'
SAYS = f'1.5 < response.output_text.delta {{{PLACE},"delta":"Good "}}\n1.7 < response.output_text.delta {{{PLACE},"delta":"day"}}\n'
DONE = '2.0 < response.done {"response":{"id":"r","status":"completed","conversation_id":"c","usage":{"input_tokens":3,"output_tokens":2}}}\n'


def response(session):
    return next(iter(answers(session)))


def answers(session):
    for child in session.connections[0].children:
        if isinstance(child, Turn):
            yield from (node for node in child.children if isinstance(node, Response))
        elif isinstance(child, Response):
            yield child


def test_a_response_writes_items_and_parts():
    answer = response(told(BEGUN + SAYS + DONE))
    (item,) = answer.children
    (part,) = item.children
    (stream,) = part.children
    assert (item.role, part.kind, stream.kind, stream.text) == ("assistant", "text", "text", "Good day")
    assert (answer.status, answer.done_s, answer.usage.output_tokens) == ("completed", 2.0, 2)


def test_a_response_without_input_opens_a_turn_of_its_own():
    session = told(BEGUN + DONE + '3.0 < response.created {"response":{"id":"r2","conversation_id":"c"}}')
    assert [[child.id for child in turn.children] for turn in session.connections[0].children] == [["r"], ["r2"]]


def test_a_response_outside_the_conversation_hangs_on_the_connection():
    session = told('< response.created {"response":{"id":"r","conversation_id":null}}')
    (answer,) = session.connections[0].children
    assert (answer.id, answer.out_of_band) == ("r", True)


def test_deltas_of_an_unknown_response_get_a_placeholder():
    answer = response(told(SAYS))
    assert (answer.known, answer.children[0].known) == (False, False)
    assert answer.children[0].streams[0, "text"].text == "Good day"


def test_a_delta_after_the_end_is_late_and_opens_nothing():
    answer = response(told(BEGUN + SAYS + DONE + f'3.0 < response.output_text.delta {{{PLACE},"delta":"!"}}'))
    stream = answer.children[0].streams[0, "text"]
    assert (stream.text, stream.late, answer.done) == ("Good day", 1, True)


def test_a_stream_that_first_comes_after_the_end_is_late_too():
    answer = response(told(BEGUN + DONE + f'3.0 < response.output_text.delta {{{PLACE},"delta":"!"}}'))
    stream = answer.children[0].streams[0, "text"]
    assert (stream.text, stream.late) == ("", 1)


def test_what_is_open_when_the_response_ends_is_marked():
    stream = response(told(BEGUN + SAYS + DONE)).children[0].streams[0, "text"]
    assert (stream.done, stream.unclosed) == (True, True)


def test_what_was_closed_is_not_marked():
    closed = f'1.8 < response.output_text.done {{{PLACE},"text":"Good day"}}\n'
    assert not response(told(BEGUN + SAYS + closed + DONE)).children[0].streams[0, "text"].unclosed


def test_the_second_end_of_a_response_changes_nothing():
    answer = response(told(BEGUN + DONE + '4.0 < response.done {"response":{"id":"r","status":"failed"}}'))
    assert (answer.status, answer.done_s) == ("completed", 2.0)


def test_the_same_item_id_in_two_responses_is_two_items():
    other = SAYS.replace('"r"', '"r2"').replace("Good ", "Bad ")
    first, second = answers(
        told(BEGUN + SAYS + DONE + '3.0 < response.created {"response":{"id":"r2","conversation_id":"c"}}\n' + other)
    )
    assert [answer.children[0].streams[0, "text"].text for answer in (first, second)] == ["Good day", "Bad day"]


def test_the_output_of_the_end_fills_what_the_recording_lacks():
    session = told(
        '< response.done {"response":{"id":"r","status":"completed","conversation_id":"c","output":'
        '[{"id":"i","type":"message","role":"assistant","content":[{"type":"output_text","text":"Good day"}]}]}}'
    )
    answer = response(session)
    assert (answer.known, answer.children[0].known, answer.children[0].streams[0, "text"].text) == (
        False,
        True,
        "Good day",
    )


def test_the_latency_counts_from_the_end_of_the_users_turn():
    asked = '0.5 > conversation.item.create {"item":{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]}}\n'
    answer = response(told(asked + BEGUN + SAYS))
    assert (answer.first_output, answer.latency_ms) == ("text", 1000.0)


def test_a_transcript_is_not_yet_heard():
    transcript = f'1.5 < response.output_audio_transcript.delta {{{PLACE},"delta":"Hi"}}\n'
    audio = f'1.6 < response.output_audio.delta {{{PLACE},"delta":"AAAA"}}\n'
    answer = response(told(BEGUN + transcript + audio + transcript))
    assert (answer.first_output, answer.first_output_s) == ("audio", 1.6)


def test_without_the_users_turn_there_is_no_latency():
    assert response(told(BEGUN + SAYS)).latency_ms is None


def test_a_tool_round_stays_in_its_turn():
    session = told(
        '0.1 < conversation.item.added {"item":{"id":"u","type":"message","role":"user","content":[]}}\n'
        + BEGUN
        + DONE
        + '3.0 > conversation.item.create {"item":{"type":"function_call_output","call_id":"c","output":"fog"}}\n'
        + '3.5 < response.created {"response":{"id":"r2","conversation_id":"c"}}\n'
    )
    (turn,) = session.connections[0].children
    assert [getattr(child, "kind", "") or child.id for child in turn.children] == [
        "message",
        "r",
        "function_call_output",
        "r2",
    ]
    assert turn.children[-1].asked_s == 3.0


def test_a_cancel_without_an_id_means_the_open_response():
    assert response(told(BEGUN + "1.9 > response.cancel {}")).cancel_sent_s == 1.9


def test_audio_lasts_as_long_as_its_own_format_says():
    delta = f'1.5 < response.output_audio.delta {{{PLACE},"delta":"{"A" * 3200}"}}\n'
    created = '1.0 < response.created {"response":{"id":"r","conversation_id":"c","audio":{"output":{"format":{"type":"audio/pcmu"}}}}}\n'
    assert response(told(created + delta)).children[0].streams[0, "audio"].audio_ms == 300.0


def test_the_end_of_audio_that_went_another_way_makes_no_stream():
    answer = response(told(BEGUN + f"< response.output_audio.done {{{PLACE}}}"))
    assert (0, "audio") not in answer.children[0].streams


def test_playback_is_told_where_the_server_plays():
    answer = response(told(BEGUN + '1.4 < output_audio_buffer.started {"response_id":"r"}'))
    assert (answer.playback, answer.first_output_s) == ("started", 1.4)


def test_an_mcp_call_is_found_by_its_item():
    call = '{"id":"m","type":"mcp_call","server_label":"docs","name":"find","arguments":"{}"}'
    session = told(
        BEGUN
        + f'< response.output_item.added {{"response_id":"r","output_index":1,"item":{call}}}\n'
        + '< response.mcp_call.in_progress {"item_id":"m","output_index":1}\n'
        + '< response.mcp_call.failed {"item_id":"m","output_index":1}\n'
    )
    item = response(session).children[1]
    assert (item.kind, item.server_label, item.progress) == ("mcp_call", "docs", "failed")


def test_a_late_copy_of_the_beginning_takes_nothing_back():
    begun = BEGUN.replace('"id":"r",', '"id":"r","metadata":{"topic":"fog"},', 1)
    answer = response(told(BEGUN + DONE + begun))
    assert (answer.status, answer.metadata) == ("completed", None)


def test_items_without_a_name_are_left_out():
    unnamed = '{"type":"message","role":"assistant","content":[]}'
    script = '< response.created {"response":{"id":"r","conversation_id":"c"}}\n'
    for kind in ("added", "done"):
        script += f'< response.output_item.{kind} {{"response_id":"r","output_index":0,"item":{unnamed}}}\n'
    script += f'< response.done {{"response":{{"id":"r","status":"completed","output":[{unnamed}]}}}}\n'
    assert response(told(script)).children == []
    assert response(told(script)).done


def test_audio_that_came_here_was_there_before_it_is_played():
    place = '"response_id":"r","item_id":"i","output_index":0,"content_index":0'
    delta = f'1.5 < response.output_audio.delta {{{place},"delta":"AAAA"}}\n'
    plays = '1.9 < output_audio_buffer.started {"response_id":"r"}\n'
    assert response(told(BEGUN + delta + plays)).first_output_s == 1.5
    assert response(told(BEGUN + plays)).first_output_s == 1.9
