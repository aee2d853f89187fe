"""What the check of a schema finds and what it takes; and what it costs, counted in comparisons and not in time."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import pytest

from rtcli.events import REALTIME, Listener, decode
from rtcli.events.checks import check_of, check_of_schema, likeliest, wire_class
from rtcli.events.event import MAX_INTEGER
from rtcli.events.walk import Walk


class Name(str):
    """A name that counts how often it is compared with another."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other):
        Name.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def comparisons(unknown, **known):
    """How often names are compared in an event with so many unknown ones."""
    body = known | {Name(f"name_{number}"): number for number in range(unknown)}
    Name.compared = 0
    walk = Walk()
    check_of(REALTIME.types["response.created"])(body, (), walk)
    assert len(walk.extra) == unknown
    return Name.compared


def calls(unknown, **known):
    """How many functions are called for it, those of the standard library among them."""
    body = known | {f"name_{number}": number for number in range(unknown)}
    check = check_of(REALTIME.types["response.created"])
    count = 0

    def seen(frame, event, argument):
        nonlocal count
        count += 1

    sys.setprofile(seen)
    try:
        check(body, (), Walk())
    finally:
        sys.setprofile(None)
    return count


WHOLE = {"type": "response.created", "event_id": "e", "response": {}}
LACKING = {"type": "response.created"}


@pytest.mark.parametrize("known", [WHOLE, LACKING], ids=["whole", "lacking what it needs"])
def test_ten_times_as_many_unknown_names_are_compared_ten_times_as_often_at_most(known):
    assert comparisons(20_000, **known) <= 11 * max(comparisons(2_000, **known), 2_000)


@pytest.mark.parametrize("known", [WHOLE, LACKING], ids=["whole", "lacking what it needs"])
def test_ten_times_as_many_unknown_names_take_ten_times_as_many_steps_at_most(known):
    assert calls(20_000, **known) <= 11 * calls(2_000, **known)


def test_only_some_of_very_many_names_are_thought_to_be_misspelt():
    some, many = calls(1_000, **LACKING), calls(20_000, **LACKING)
    assert many - some < 3 * (calls(20_000, **WHOLE) - calls(1_000, **WHOLE))


@pytest.mark.parametrize("index", [0, 7, MAX_INTEGER, -1, MAX_INTEGER + 1, True, None, "0"])
def test_an_index_passes_at_sight_within_its_limits_and_is_looked_at_beyond_them(index):
    """Only what is looked at costs a call more than the check of the event does."""
    body = {"type": "conversation.item.truncated", "event_id": "e", "item_id": "i", "audio_end_ms": 0}
    check, walk, entered = check_of(REALTIME.types[body["type"]]), Walk(), []
    sys.setprofile(lambda frame, event, _: entered.append(frame) if event == "call" else None)
    try:
        check(body | {"content_index": index}, (), walk)
    finally:
        sys.setprofile(None)
    passes = type(index) is int and 0 <= index <= MAX_INTEGER
    assert [fault.path for fault in walk.faults] == ["$.content_index"] * (not passes)
    assert (len(entered) == 1) is passes


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 10**400, -1, 0.0, 7, 10**300])
def test_a_number_with_a_limit_passes_where_the_decoder_takes_it(number):
    usage = {"type": "duration", "seconds": number}
    kind = REALTIME.types["conversation.item.input_audio_transcription.completed"]
    body = {"type": kind.__struct_config__.tag, "event_id": "e", "item_id": "i", "content_index": 0, "transcript": ""}
    walk = Walk()
    check_of(kind)(body | {"usage": usage}, (), walk)
    taken = 0 <= number <= sys.float_info.max
    assert [fault.path for fault in walk.faults] == ["$.usage.seconds"] * (not taken)


class Leaf(msgspec.Struct, tag_field="type", tag="leaf"):
    """What hangs on a node, with one of each kind of field."""

    at: int
    name: str | None = None
    ok: bool = True
    sizes: dict[str, int] = {}
    many: list[int] = []


class Node(msgspec.Struct, tag_field="type", tag="node"):
    """An object that holds its own kind."""

    below: list[Node | Leaf] = []
    one: Leaf | None = None
    way: Literal["up", "down"] | int = "up"


def judged(value, kind=Node):
    """What is taken of a value, and the faults by their places."""
    walk = Walk()
    taken = check_of_schema(msgspec.inspect.type_info(kind))(value, (), walk)
    return taken, {fault.path: fault for fault in walk.faults}, walk.extra


def test_an_object_may_hold_its_own_kind():
    leaf = {"type": "leaf", "at": 1}
    tree = {"type": "node", "below": [{"type": "node", "below": [leaf, {"type": "node", "one": leaf}]}]}
    assert judged(tree) == (tree, {}, [])
    tree["below"][0]["below"][1]["one"] = {"type": "leaf", "at": "1"}
    assert list(judged(tree)[1]) == ["$.below[0].below[1].one.at"]


def test_what_is_taken_of_an_object_is_the_object_itself_where_nothing_has_to_change():
    leaf = {"type": "leaf", "at": 1, "name": None, "ok": False, "sizes": {"a": 1}, "many": [1, 2]}
    for value in (leaf, {"type": "node", "below": [leaf], "one": leaf, "way": 7}):
        assert judged(value, Leaf if value is leaf else Node)[0] is value


@pytest.mark.parametrize(
    ("field", "written", "meant"),
    [("at", 2.0, 2), ("sizes", {"a": 1, "b": 2.0}, {"a": 1, "b": 2}), ("many", [1, 2.0], [1, 2])],
)
@pytest.mark.parametrize("unknown", [{}, {"mood": 1}])
def test_a_number_with_nothing_behind_the_point_is_taken_for_a_whole_one_wherever_it_is(field, written, meant, unknown):
    leaf = {"type": "leaf", "at": 1, "name": "x"} | {field: written}
    taken, faults, extra = judged(leaf | unknown, Leaf)
    assert taken == leaf | {field: meant}
    assert type(taken["at"]) is int
    assert faults == {}
    assert [(one.path, one.value) for one in extra] == [((name,), value) for name, value in unknown.items()]
    assert msgspec.convert(taken, Leaf) == Leaf(**{"at": 1, "name": "x"} | {field: meant})
    taken, *_ = judged({"type": "node", "below": [leaf | unknown]})
    assert taken["below"] == [leaf | {field: meant}]


@pytest.mark.parametrize(
    ("value", "path", "code"),
    [
        ([], "$", "SCH06"),
        ({"type": "leaf", "at": 1}, "$.type", "SCH07"),
        ({"type": "node", "below": {}}, "$.below", "SCH06"),
        ({"type": "node", "below": [7]}, "$.below[0]", "SCH06"),
        ({"type": "node", "one": 7}, "$.one", "SCH06"),
        ({"type": "node", "one": {"type": "leaf"}}, "$.one.at", "SCH05"),
        ({"type": "node", "one": {"type": "leaf", "at": 1, "ok": 1}}, "$.one.ok", "SCH06"),
        ({"type": "node", "one": {"type": "leaf", "at": 1, "name": 1}}, "$.one.name", "SCH06"),
        ({"type": "node", "one": {"type": "leaf", "at": 1, "sizes": []}}, "$.one.sizes", "SCH06"),
        ({"type": "node", "one": {"type": "leaf", "at": 1, "sizes": {"a": "b"}}}, "$.one.sizes.a", "SCH06"),
        ({"type": "node", "way": "sideways"}, "$.way", "SCH07"),
        ({"type": "node", "way": None}, "$.way", "SCH06"),
        ({"type": "node", "below": [{"type": "lef", "at": 1}]}, "$.below[0].type", "SCH07"),
        ({"type": "node", "below": [{"typ": "leaf", "at": 1}]}, "$.below[0].type", "SCH05"),
    ],
)
def test_each_fault_is_told_with_its_place_and_what_is_taken_is_refused_by_the_decoder_too(value, path, code):
    taken, faults, _ = judged(value)
    assert [(one.path, one.code) for one in faults.values()] == [(path, code)]
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(taken, Node)


def test_a_name_is_proposed_for_a_missing_field_only_where_one_is_alike():
    one = judged({"type": "leaf", "att": 1}, Leaf)[1]["$.at"]
    other = judged({"type": "leaf", "zzzzz": 1}, Leaf)[1]["$.at"]
    assert '"att"' in one.hint
    assert other.hint == ""
    tagless = judged({"type": "node", "below": [{"tipe": "leaf", "at": 1}, {"zzzzz": 1}]})[1]
    assert '"tipe"' in tagless["$.below[0].type"].hint
    assert tagless["$.below[1].type"].hint == ""


def test_the_class_of_the_wire_is_told_of_one_with_room_and_of_a_learned_one():
    kind = REALTIME.types["rate_limits.updated"]
    body = json.dumps({"type": "rate_limits.updated", "event_id": "e", "rate_limits": [], "mood": 1})
    listener = Listener(REALTIME)
    roomy, learned = decode(body, REALTIME), [listener.decode(body, line) for line in range(40)][-1]
    assert type(roomy).__struct_config__.dict
    assert learned.learned_fields
    assert wire_class(kind) is wire_class(type(roomy)) is wire_class(type(learned)) is kind


class Fast(msgspec.Struct, tag_field="type", tag="fast"):
    """One of two kinds; it needs something."""

    speed: int
    unit: str = ""


class Slow(msgspec.Struct, tag_field="type", tag="slow"):
    """The other, which needs nothing."""

    pause: int = 0


class Usual(msgspec.Struct, tag_field="type", tag="usual"):
    """What is meant where nothing says otherwise."""

    type_is_implied: ClassVar[bool] = True
    size: int = 0


class Way(msgspec.Struct):
    """A choice of each sort."""

    pace: Fast | Slow | None = None
    size: Fast | Usual | None = None
    only: Fast | None = None
    few: Annotated[list[int], msgspec.Meta(min_length=1, max_length=2)] | None = None
    what: Any = None


@pytest.mark.parametrize(
    ("value", "arms", "meant"),
    [
        ({"speed": 1}, (Fast, Slow), "fast"),
        ({"pause": 1}, (Fast, Slow), "slow"),
        ({"speed": 1, "unit": "", "pause": 1}, (Fast, Slow), "fast"),
        ({"speed": 1, "pause": 1}, (Fast, Slow), ""),
        ({"x": 1}, (Fast, Slow), "slow"),
        ({}, (Fast, Slow, Usual), "slow"),
        ({}, (Fast,), ""),
        ({"unit": ""}, (Fast,), "fast"),
    ],
)
def test_an_object_without_its_type_is_taken_for_the_one_that_it_has_most_fields_of(value, arms, meant):
    assert likeliest(value, [msgspec.inspect.type_info(arm) for arm in arms]) == meant


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ({"pace": {"type": "fast", "speed": "1"}}, ["$.pace.speed"]),
        ({"pace": {"type": "fats", "speed": "1"}}, ["$.pace.type", "$.pace.speed"]),
        ({"pace": {"type": "zzzz", "speed": "1"}}, ["$.pace.type"]),
        ({"pace": {"type": ["fast"], "speed": "1"}}, ["$.pace.type", "$.pace.speed"]),
        ({"pace": {"type": 7, "speed": "1"}}, ["$.pace.type"]),
        ({"pace": {"speed": "1"}}, ["$.pace.type", "$.pace.speed"]),
        ({"size": {"size": "1"}}, ["$.size.size"]),
        ({"size": {"type": "zzzz", "size": 1}}, ["$.size.type"]),
        ({"only": {"type": "slow", "speed": 1}}, ["$.only.type"]),
        ({"few": []}, ["$.few"]),
        ({"few": [1, 2, 3]}, ["$.few"]),
        ({"few": [1, "2"]}, ["$.few[1]"]),
    ],
)
def test_of_a_choice_the_faults_are_told_of_what_was_meant(value, places):
    taken, faults, _ = judged(value, Way)
    assert list(faults) == places
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(taken, Way)


@pytest.mark.parametrize(
    "value",
    [
        {"pace": None, "size": None, "only": None, "few": [1], "what": {"any": [1.0, None]}},
        {"pace": {"type": "slow", "pause": 1}, "only": {"type": "fast", "speed": 1}, "few": [1, 2], "what": 1.0},
    ],
)
def test_what_is_in_order_is_taken_as_it_is(value):
    assert judged(value, Way) == (value, {}, [])
    assert judged(value, Way)[0] is value


def test_a_type_may_be_left_out_where_it_is_implied():
    taken, faults, _ = judged({"size": {"size": 1}}, Way)
    assert (taken, faults) == ({"size": {"type": "usual", "size": 1}}, {})


def test_what_was_expected_is_told_without_the_nothing_that_would_do_too():
    assert judged({"only": 7}, Way)[1]["$.only"].expected == "an object"
