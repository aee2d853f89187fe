"""What tools and transcriptions take."""

from __future__ import annotations

from counted import BEGIN, SPOKEN, audio, call, committed, created, done, measured, output, text, transcribed, values


def test_parallel_calls_have_their_own_times_and_one_next_response():
    script = (
        SPOKEN.split("1.5 < response.output_audio.delta")[0]
        + audio(1.4, "r", 300)
        + call(2, "call_a")
        + call(2.1, "call_b", "item_g")
        + done(2.2, "r")
        + output(2.5, "call_b")
        + output(3.0, "call_a")
        + "3.0 > response.create\n"
        + created(3.2, "s")
        + text(3.5, "s")
        + audio(3.7, "s")
        + done(4, "s")
    )
    assert values(script, "tool_client_ms") == [1000, 400]
    assert values(script, "tool_server_ms") == [200, 700]
    assert values(script, "tool_round_trip") == [1500, 1400]
    metrics = measured(script).metrics
    (turn,) = metrics.turns
    assert (turn.response_ids, turn.tool_ms) == (["r", "s"], 1200)
    # The first 300 ms of audio end at 1.7 s.
    assert [one.gap_ms for one in metrics.calls] == [2000, 2000]
    assert [row.began for row in metrics.responses] == ["vad", "tool round"]


def test_a_call_without_an_answer_has_no_time():
    script = BEGIN + created(1, "r") + call(2, "call_a") + done(2.1, "r") + "3 > response.create\n" + created(4, "s")
    for metric in ("tool_client_ms", "tool_server_ms", "tool_round_trip"):
        assert values(script, metric) == []


def test_mcp_tools_listings_and_approvals_are_measured_apart():
    asked = '{"type":"mcp_approval_request","id":"ask","server_label":"s","name":"f","arguments":"{}"}'
    answer = '{"type":"mcp_approval_response","id":"yes","approval_request_id":"ask","approve":true}'
    script = (
        BEGIN
        + '1 < mcp_list_tools.in_progress {"item_id":"list"}\n1.4 < mcp_list_tools.completed {"item_id":"list"}\n'
        + created(2, "r")
        + f'2.1 < response.output_item.done {{"response_id":"r","output_index":0,"item":{asked}}}\n'
        + f'5.1 > conversation.item.create {{"item":{answer}}}\n'
        + '6 < response.mcp_call.in_progress {"item_id":"c","output_index":0}\n'
        + '6.7 < response.mcp_call.failed {"item_id":"c","output_index":0}\n'
        + '7 < response.mcp_call.in_progress {"item_id":"d","output_index":0}\n'
    )
    assert values(script, "mcp_list_ms") == [400]
    assert values(script, "mcp_call_ms") == [700]
    kinds = [(row.kind, row.failed, row.ended is not None) for row in measured(script).metrics.mcp]
    assert kinds == [("list", False, True), ("approval", False, True), ("call", True, True), ("call", False, False)]


def test_a_transcription_is_measured_from_the_commit_even_where_it_comes_before():
    script = (
        BEGIN
        + transcribed(1.7, "delta", more='"delta":"H"')
        + transcribed(1.8, "delta", more='"delta":"i"')
        + committed(2, "u")
        + transcribed(2.4, "completed")
    )
    assert values(script, "transcription_first_delta") == [-300]
    assert values(script, "transcription_lag") == [400]


def test_a_transcription_that_fails_has_no_lag():
    failed = transcribed(3, "failed", more='"error":{"type":"x","code":"audio_unintelligible","message":"No"}')
    script = BEGIN + committed(2, "u") + failed
    assert values(script, "transcription_lag") == []
    (row,) = measured(script).metrics.transcriptions
    assert (row.failed.t, row.completed, row.cost, row.unpriced) == (3, None, None, False)


def test_a_call_that_was_cut_short_was_never_whole():
    item = '{"type":"function_call","id":"f","call_id":"c","name":"f","arguments":"{","status":"%s"}'
    whole = '2 < response.output_item.done {"response_id":"r","output_index":0,"item":%s}\n' % item
    (call_row,) = measured(BEGIN + created(1, "r") + whole % "incomplete").metrics.calls
    assert call_row.whole is None
    (call_row,) = measured(BEGIN + created(1, "r") + whole % "completed").metrics.calls
    assert call_row.whole.t == 2


def test_a_listing_that_begins_twice_took_its_time_once():
    begins = '{} < mcp_list_tools.in_progress {{"item_id":"list"}}\n'
    script = BEGIN + begins.format(1) + begins.format(1.2) + '1.4 < mcp_list_tools.completed {"item_id":"list"}\n'
    assert values(script, "mcp_list_ms") == [400]
    (row,) = measured(script).metrics.mcp
    assert row.line == len(BEGIN.splitlines()) + 1


def test_a_call_that_only_the_end_of_its_response_tells_is_a_call_of_the_turn():
    """As from a server that announces no items, or in a log of the events that end something."""
    item = '{"id":"item_f","type":"function_call","call_id":"call_a","name":"f","arguments":"{}","status":"%s"}'
    begun = SPOKEN.split("1.5 < response.output_audio.delta")[0]
    ended = done(2, "r", more=f',"output":[{item % "completed"}]')
    script = begun + ended + output(2.5, "call_a") + "2.5 > response.create\n" + created(3, "s") + done(4, "s")
    metrics = measured(script).metrics
    assert [(one.call_id, one.name, one.turn) for one in metrics.calls] == [("call_a", "f", 1)]
    assert [turn.response_ids for turn in metrics.turns] == [["r", "s"]]
    assert (values(script, "tool_client_ms"), values(script, "tool_server_ms")) == ([500], [500])
    cut = begun + done(2, "r", "incomplete", f',"output":[{item % "incomplete"}]') + output(2.5, "call_a")
    assert len(measured(cut).metrics.calls) == 1
    assert values(cut, "tool_client_ms") == []


def test_a_call_without_an_id_is_not_told_from_others_and_has_no_row():
    """The id may be missing: no output can be told to be for such a call."""
    item = '{"type":"function_call","id":"f","name":"f","arguments":"{}","status":"completed"}'
    whole = f'2 < response.output_item.done {{"response_id":"r","output_index":0,"item":{item}}}\n'
    script = BEGIN + created(1, "r") + whole + done(2.1, "r", more=f',"output":[{item}]') + output(2.5, "call_a")
    assert list(measured(script).metrics.calls) == []
    assert values(script, "tool_client_ms") == []
