from __future__ import annotations

from notation import told

from rtcli.session.tree import Cut, Failure, Item, Turn

USER = '{"type":"message","role":"user"%s,"content":[{"type":"input_text","text":"%s"}]}'

NAMED = ',"id":"i"'


def turns(session):
    return [child for child in session.connections[0].children if isinstance(child, Turn)]


def items(session):
    return [item for turn in turns(session) for item in turn.children if isinstance(item, Item)]


def test_an_item_without_an_id_is_settled_by_the_one_the_server_names():
    session = told(
        f'> conversation.item.create {{"item":{USER % ("", "Hi")}}}\n'
        f'< conversation.item.added {{"item":{USER % (NAMED, "Hi")}}}'
    )
    (item,) = items(session)
    assert (item.id, item.acknowledged, item.streams[0, "text"].text) == ("i", True, "Hi")


def test_items_are_settled_in_the_order_in_which_they_were_sent():
    create = f'> conversation.item.create {{"item":{USER % ("", "%s")}}}\n'
    added = '< conversation.item.added {"item":{"id":"%s","type":"message","role":"user","content":[]}}\n'
    session = told(create % "one" + create % "two" + added % "a" + added % "b")
    assert [(item.id, item.streams[0, "text"].text) for item in items(session)] == [("a", "one"), ("b", "two")]


def test_a_message_before_the_answer_joins_the_turn():
    create = f'> conversation.item.create {{"item":{USER % ("", "more")}}}\n'
    assert len(turns(told(create + create))) == 1


def test_a_message_after_the_answer_begins_a_turn():
    create = f'> conversation.item.create {{"item":{USER % ("", "more")}}}\n'
    assert len(turns(told(create + '< response.created {"response":{"id":"r","conversation_id":"c"}}\n' + create))) == 2


def test_a_refused_item_settles_nothing():
    session = told(
        f'> conversation.item.create {{"event_id":"ask","item":{USER % ("", "bad")}}}\n'
        '< error {"error":{"type":"invalid_request_error","message":"no","event_id":"ask"}}\n'
        f'> conversation.item.create {{"item":{USER % ("", "good")}}}\n'
        '< conversation.item.added {"item":{"id":"i","type":"message","role":"user","content":[]}}'
    )
    assert [(item.id, item.refused) for item in items(session)] == [("", True), ("i", False)]


def test_a_deleted_item_stays_visible_and_frees_its_id():
    added = '< conversation.item.added {"item":{"id":"i","type":"message","role":"user","content":[]}}\n'
    session = told(added + '< conversation.item.deleted {"item_id":"i"}\n' + added)
    assert [item.deleted for item in items(session)] == [True, False]


def test_the_whole_transcript_replaces_what_was_heard_so_far():
    session = told(
        '< conversation.item.added {"item":{"id":"i","type":"message","role":"user","content":[{"type":"input_audio"}]}}\n'
        '< conversation.item.input_audio_transcription.delta {"item_id":"i","content_index":0,"delta":"Helo"}\n'
        '< conversation.item.input_audio_transcription.completed {"item_id":"i","content_index":0,"transcript":"Hello"}'
    )
    assert items(session)[0].streams[0, "transcript"].text == "Hello"


def test_a_transcript_of_an_unknown_item_gets_a_placeholder():
    session = told(
        '< conversation.item.input_audio_transcription.completed {"item_id":"i","content_index":0,"transcript":"Hello"}'
    )
    (turn,) = session.connections[0].children
    (item,) = turn.children
    assert (item.known, item.role, item.streams[0, "transcript"].text) == (False, "user", "Hello")


def test_speakers_are_kept_apart():
    segment = '< conversation.item.input_audio_transcription.segment {"item_id":"i","content_index":0,"id":"%s","speaker":"%s","start":0,"end":1,"text":"%s"}\n'
    session = told(segment % ("s1", "A", "Hello") + segment % ("s2", "B", "Hi") + segment % ("s2", "B", "Hi"))
    (item,) = session.connections[0].children
    assert [(stream.speaker, stream.text) for stream in item.streams.values()] == [("A", "Hello"), ("B", "Hi")]


def test_a_transcription_that_failed_says_why_once():
    failed = '< conversation.item.input_audio_transcription.failed {"event_id":"f","item_id":"i","content_index":0,"error":{"code":"audio_unintelligible","message":"no"}}\n'
    session = told(failed + failed)
    (item,) = session.connections[0].children
    (failure,) = [child for child in item.children if isinstance(child, Failure)]
    assert failure.details.code == "audio_unintelligible"


def test_a_cut_is_asked_for_and_then_settled():
    ask = '> conversation.item.truncate {"item_id":"i","content_index":0,"audio_end_ms":900}\n'
    answer = '< conversation.item.truncated {"item_id":"i","content_index":0,"audio_end_ms":900}\n'
    (item,) = told(ask + answer).connections[0].children
    (cut,) = [child for child in item.children if isinstance(child, Cut)]
    assert (cut.asked, cut.settled) == (True, True)


def test_a_server_may_cut_by_itself():
    (item,) = (
        told('< conversation.item.truncated {"item_id":"i","content_index":0,"audio_end_ms":900}')
        .connections[0]
        .children
    )
    assert (item.children[0].asked, item.children[0].settled) == (False, True)


def test_an_item_that_comes_before_its_response_moves_under_it():
    item = '{"id":"i","type":"message","role":"assistant","status":"in_progress","content":[]}'
    session = told(
        f'< conversation.item.added {{"item":{item}}}\n'
        '< response.created {"response":{"id":"r","conversation_id":"c"}}\n'
        f'< response.output_item.added {{"response_id":"r","output_index":0,"item":{item}}}'
    )
    (turn,) = session.connections[0].children
    assert [child.id for child in turn.children[0].children] == ["i"]


def test_a_listing_says_how_far_it_is_and_what_it_found():
    session = told(
        '< mcp_list_tools.in_progress {"item_id":"l"}\n'
        '< conversation.item.added {"item":{"id":"l","type":"mcp_list_tools","server_label":"docs","tools":[{"name":"find","input_schema":{}}]}}\n'
        '< mcp_list_tools.completed {"item_id":"l"}'
    )
    (item,) = session.connections[0].children
    assert (item.server_label, item.offers, item.progress) == ("docs", 1, "completed")


def test_an_mcp_call_that_failed_says_why_once():
    call = '{"id":"m","type":"mcp_call","server_label":"docs","name":"find","arguments":"{}","error":{"type":"http_error","code":503,"message":"busy"}}'
    (item,) = (
        told(f'< conversation.item.added {{"item":{call}}}\n< conversation.item.done {{"item":{call}}}')
        .connections[0]
        .children
    )
    assert [child.said for child in item.children if isinstance(child, Failure)] == ["busy"]


def test_an_item_that_the_client_names_is_known_by_that_name():
    create = f'> conversation.item.create {{"item":{USER % (NAMED, "Hi")}}}\n'
    added = f'< conversation.item.added {{"item":{USER % (NAMED, "Hi")}}}\n'
    (item,) = items(told(create + create + added))
    assert (item.id, item.acknowledged, item.streams[0, "text"].text) == ("i", True, "Hi")


def test_an_item_is_sent_once_by_the_id_of_its_event():
    create = f'> conversation.item.create {{"event_id":"ask","item":{USER % ("", "Hi")}}}\n'
    assert len(items(told(create + create))) == 1


def test_a_refused_item_frees_the_name_that_the_client_gave_it():
    create = f'> conversation.item.create {{"event_id":"%s","item":{USER % (NAMED, "%s")}}}\n'
    refused = '< error {"error":{"type":"invalid_request_error","message":"no","event_id":"one"}}\n'
    session = told(create % ("one", "bad") + refused + create % ("two", "good"))
    assert [(item.streams[0, "text"].text, item.refused) for item in items(session)] == [("bad", True), ("good", False)]


def test_an_item_that_the_server_has_taken_is_not_refused_by_a_late_error():
    create = f'> conversation.item.create {{"event_id":"one","item":{USER % (NAMED, "Hi")}}}\n'
    added = f'< conversation.item.added {{"item":{USER % (NAMED, "Hi")}}}\n'
    error = '< error {"error":{"type":"server_error","message":"no","event_id":"one"}}\n'
    (item,) = items(told(create + added + error))
    assert (item.acknowledged, item.refused) == (True, False)


def test_what_the_system_is_told_after_an_answer_is_no_part_of_the_turn():
    message = '{"type":"message","role":"system","content":[{"type":"input_text","text":"Be brief."}]}'
    answer = '< response.created {"response":{"id":"r","conversation_id":"c"}}\n'
    create = f'> conversation.item.create {{"item":{USER % ("", "Hi")}}}\n'
    session = told(create + answer + f'> conversation.item.create {{"item":{message}}}\n')
    turn, system = session.connections[0].children
    assert [child.id for child in turn.children if isinstance(child, Item)] == [""]
    assert system not in turn.children
    assert (system.role, system.streams[0, "text"].text) == ("system", "Be brief.")


def test_an_empty_piece_of_a_transcript_says_nothing():
    kind = "conversation.item.input_audio_transcription.delta"
    pieces = "".join(
        f'< {kind} {{"item_id":"i","content_index":0,"delta":"{delta}"}}\n' for delta in ("", "Good ", "", "day")
    )
    session = told(pieces)
    (turn,) = session.connections[0].children
    (item,) = turn.children
    assert item.streams[0, "transcript"].text == "Good day"
    assert item.streams[0, "transcript"].deltas == 2


def test_in_a_log_of_what_is_said_only_each_input_begins_a_turn():
    heard = (
        '< conversation.item.input_audio_transcription.completed {"item_id":"%s","content_index":0,"transcript":"Hi"}\n'
    )
    ended = '< response.done {"response":{"id":"%s","status":"completed","conversation_id":"c"}}\n'
    turns = told(heard % "u" + ended % "r" + heard % "v" + ended % "s").connections[0].children
    assert [[node.id for node in turn.children] for turn in turns] == [["u", "r"], ["v", "s"]]
    begun = '< response.created {"response":{"id":"r","conversation_id":"c"}}\n'
    (turn,) = told(begun + heard % "u" + ended % "r").connections[0].children
    assert {node.id for node in turn.children} == {"u", "r"}
