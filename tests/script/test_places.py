"""What ids stand for."""

from __future__ import annotations

import pytest
from performed import BROKEN, CLEAN, FOLDER, OURS, name_of, steps

from rtcli.script.places import Places


def places_of(path):
    places = Places()
    for step in steps(path):
        if step.sender == "server":
            places.seen(step.body)
    return places


@pytest.mark.parametrize("path", [*OURS, *CLEAN, *BROKEN], ids=name_of)
def test_an_id_has_one_place_and_a_place_one_id(path):
    places = places_of(path)
    assert {place: name for name, place in places.of.items()} == places.at


def test_a_call_goes_with_its_item_and_the_item_with_its_response():
    call = next(step.body for step in steps(FOLDER / "tool.jsonl") if "arguments.done" in step.type)
    places = places_of(FOLDER / "tool.jsonl")
    response, item, call_id = (places.of[call[key]] for key in ("response_id", "item_id", "call_id"))
    assert response == ("response", 1)
    assert item[: len(response)] == response
    assert call_id == (*item, "call")


def test_a_response_beside_the_conversation_is_counted_for_itself():
    names = [
        step.body["response"]["id"]
        for step in steps(FOLDER / "clean" / "side_by_side.jsonl")
        if step.type == "response.created"
    ]
    assert [places_of(FOLDER / "clean" / "side_by_side.jsonl").of[name] for name in names] == [
        ("response", 1),
        ("aside", 1),
    ]


def test_two_sessions_have_the_same_places():
    assert places_of(FOLDER / "spoken.jsonl").at.keys() == places_of(FOLDER / "clean" / "spoken.jsonl").at.keys()
