"""Token counts: what contradicts itself is told, and what is only left out is not."""

from __future__ import annotations

import json

import pytest
from notation import entries_of, lines_of

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import Check
from rtcli.rules.usage import RULES

PATH = "$.response.usage."


def done(usage, **response):
    return "< response.done " + json.dumps({"response": {"id": "r", "usage": usage, **response}})


def found(usage, **response):
    check = Check(RULES)
    return [(one.code, one.path) for one in check.run(entries_of(done(usage, **response))) if one.code[:3] == "USE"]


WHOLE = {
    "total_tokens": 30,
    "input_tokens": 20,
    "output_tokens": 10,
    "input_token_details": {
        "text_tokens": 8,
        "audio_tokens": 9,
        "image_tokens": 3,
        "cached_tokens": 6,
        "cached_tokens_details": {"text_tokens": 1, "audio_tokens": 2, "image_tokens": 3},
    },
    "output_token_details": {"text_tokens": 4, "audio_tokens": 6, "reasoning_tokens": 4},
}


def changed(*path, to):
    """The usage in order, with one number changed or left out."""
    usage = json.loads(json.dumps(WHOLE))
    holder = usage
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = to
    if to == "left out":
        del holder[path[-1]]
    return usage


def every_number(usage=WHOLE, path=()):
    for name, value in usage.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from every_number(value, (*path, name))


def test_a_usage_that_adds_up_is_in_order():
    assert found(WHOLE) == []


@pytest.mark.parametrize("path", list(every_number()), ids=".".join)
@pytest.mark.parametrize("nothing", ["left out", None])
def test_what_is_not_told_contradicts_nothing_but_a_sum_that_it_is_a_part_of(path, nothing):
    sums = {
        ("input_token_details", "image_tokens"): ["USE02"],
        ("input_token_details", "cached_tokens_details", "text_tokens"): ["USE04"],
        ("input_token_details", "cached_tokens_details", "audio_tokens"): ["USE04"],
        ("input_token_details", "cached_tokens_details", "image_tokens"): ["USE04"],
    }
    assert [code for code, _ in found(changed(*path, to=nothing))] == sums.get(path, [])


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (("total_tokens",), [("USE01", "total_tokens")]),
        (("input_token_details", "image_tokens"), [("USE02", "input_token_details")]),
        (("output_token_details", "audio_tokens"), [("USE03", "output_token_details")]),
        (
            ("output_token_details", "reasoning_tokens"),
            [("USE03", "output_token_details.reasoning_tokens")],
        ),
        (
            ("input_token_details", "cached_tokens"),
            [("USE04", "input_token_details.cached_tokens"), ("USE04", "input_token_details.cached_tokens")],
        ),
        (
            ("input_token_details", "cached_tokens_details", "audio_tokens"),
            [
                ("USE04", "input_token_details.cached_tokens"),
                ("USE04", "input_token_details.cached_tokens_details.audio_tokens"),
            ],
        ),
    ],
)
def test_a_number_that_is_too_large_is_told_where_it_stands(path, told):
    assert found(changed(*path, to=100)) == [(code, PATH + where) for code, where in told]


def test_nothing_cached_is_in_order_whether_it_is_broken_down_or_not():
    none = {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0}
    assert found({"input_tokens": 5, "input_token_details": {"cached_tokens": 0, "cached_tokens_details": none}}) == []
    assert found({"input_tokens": 5, "input_token_details": {"cached_tokens": 0}}) == []


def test_what_is_cached_by_modality_is_held_against_a_total_of_none():
    details = {"cached_tokens": 0, "cached_tokens_details": {"text_tokens": 1}}
    assert found({"input_token_details": details}) == [("USE04", PATH + "input_token_details.cached_tokens")]


@pytest.mark.parametrize(("limit", "told"), [(9, ["USE07"]), (10, []), (11, []), ("inf", []), (None, [])], ids=str)
def test_a_limit_of_tokens_may_be_reached_and_not_passed(limit, told):
    assert [code for code, _ in found(WHOLE, max_output_tokens=limit)] == told


def test_audio_tokens_are_told_of_a_response_in_text_alone():
    assert [code for code, _ in found(WHOLE, output_modalities=["text"])] == ["USE08"]
    assert found(WHOLE, output_modalities=["audio"]) == []
    assert found(changed("output_token_details", "audio_tokens", to="left out"), output_modalities=["text"]) == []


SMALLER_FOR_A_REASON = [
    '> session.update {"session": {"type": "realtime", "instructions": "Be brief."}}',
    '> conversation.item.delete {"item_id": "i"}',
    '< conversation.item.deleted {"item_id": "i"}',
    '> conversation.item.truncate {"item_id": "i", "content_index": 0, "audio_end_ms": 5}',
    '> response.create {"response": {"instructions": "Be brief."}}',
    '> response.create {"response": {"input": [{"type": "item_reference", "id": "i"}]}}',
]


@pytest.mark.parametrize("reason", ["> response.create", *SMALLER_FOR_A_REASON])
@pytest.mark.parametrize("conversation", ["c", None])
def test_a_context_that_grew_smaller_is_told_unless_it_can_be_seen_why(reason, conversation):
    first, second = (
        done({"input_tokens": tokens}, conversation_id=belongs) for tokens, belongs in ((100, "c"), (50, conversation))
    )
    header = '- {"rtcli": 1, "transport": "websocket", "handshake": true, "lossless": true}'
    begun = [header, '< session.created {"session": {"type": "realtime"}}', "> response.create"]
    told = Check(RULES).run(entries_of("\n".join([*begun, first, reason, second])))
    is_told = conversation is not None and reason not in SMALLER_FOR_A_REASON
    assert [(one.line, one.lines) for one in told if one.code == "USE09"] == ([(6, (4,))] if is_told else [])


@pytest.mark.parametrize(
    ("path", "most"),
    [(("output_token_details", "reasoning_tokens"), 10), (("input_token_details", "cached_tokens"), 20)],
)
def test_all_of_the_output_may_be_reasoning_and_all_of_the_input_cached(path, most):
    usage = changed("input_token_details", "cached_tokens_details", to="left out")
    usage[path[0]][path[1]] = most
    assert found(usage) == []


def test_what_is_cached_need_not_be_broken_down():
    assert found(changed("input_token_details", "cached_tokens_details", to={})) == []


def test_a_limit_is_passed_only_where_it_is_told_how_much_was_made():
    assert found(None, max_output_tokens=9) == []
    assert found({"input_tokens": 20}, max_output_tokens=9) == []


def test_a_response_in_text_says_so_in_the_words_of_its_dialect():
    beta = {"modalities": ["text", "audio"], "voice": "alloy", "input_audio_format": "pcm16"}
    session = "< session.created " + json.dumps({"session": {"id": "s", "object": "realtime.session", **beta}})
    listener = Listener()
    lines = lines_of("\n".join([session, done(WHOLE, modalities=["text"])]))
    told = Check(RULES, listener).run(read(lines, listener))
    assert [one.code for one in told if one.code.startswith("USE")] == ["USE08"]


def transcribed(**usage):
    fields = {"item_id": "i", "content_index": 0, "transcript": "", "usage": {"type": "tokens", **usage}}
    line = "< conversation.item.input_audio_transcription.completed " + json.dumps(fields)
    return [(one.code, one.path) for one in Check(RULES).run(entries_of(line)) if one.code.startswith("USE")]


def test_the_tokens_of_a_transcription_add_up_in_all_and_by_modality():
    sums = {"total_tokens": 14, "input_tokens": 10, "output_tokens": 4}
    assert transcribed(**sums) == []
    assert transcribed(**sums, input_token_details={"text_tokens": 2, "audio_tokens": 8}) == []
    assert transcribed(**sums, input_token_details={"text_tokens": 2, "audio_tokens": 9}) == [
        ("USE06", "$.usage.input_token_details")
    ]
    assert transcribed(**{**sums, "total_tokens": 15}) == [("USE06", "$.usage.total_tokens")]


@pytest.mark.parametrize("usage", [None, {}, {"input_tokens": None}, {"input_tokens": 0}], ids=str)
def test_a_context_of_which_nothing_is_told_did_not_grow_smaller(usage):
    header = '- {"rtcli": 1, "transport": "websocket", "handshake": true, "lossless": true}'
    begun = [header, '< session.created {"session": {"type": "realtime"}}', "> response.create"]
    ends = [done({"input_tokens": 100}, conversation_id="c"), "> response.create", done(usage, conversation_id="c")]
    assert [one for one in Check(RULES).run(entries_of("\n".join([*begun, *ends]))) if one.code == "USE09"] == []


@pytest.mark.parametrize(
    ("code", "usage", "more"),
    [
        ("USE01", changed("total_tokens", to=31), {}),
        ("USE02", changed("input_token_details", "image_tokens", to=4), {}),
        ("USE03", changed("output_token_details", "audio_tokens", to=7), {}),
        ("USE04", changed("input_token_details", "cached_tokens", to=7), {}),
        ("USE05", None, {}),
        ("USE07", WHOLE, {"max_output_tokens": 9}),
        ("USE08", WHOLE, {"output_modalities": ["text"]}),
    ],
)
def test_a_response_in_order_is_looked_at_as_closely_as_the_first(code, usage, more):
    """What is in order so far is taken in by a shorter way."""

    def response(name, used, **fields):
        yield "< response.created " + json.dumps({"response": {"id": name, "conversation_id": "c"}})
        yield done(used, id=name, conversation_id="c", status="completed", output=[], **fields)

    lines = ['< session.created {"session": {"type": "realtime"}}']
    lines += [line for name in "abc" for line in response(name, WHOLE)]
    lines += response("d", usage, **more)
    told = [(one.code, one.line) for one in Check(RULES).run(entries_of("\n".join(lines)))]
    assert [one for one in told if one[0].startswith("USE")] == [(code, 9)]
