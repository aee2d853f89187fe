"""What the names of fields say of the values below them, and names that stand beside their values."""

from __future__ import annotations

import json

import pytest

from rtcli.recording.named import is_named
from rtcli.recording.redaction import Redaction

WORD = "Qw3rtz" + "88"
"""A secret without a shape of its own."""
TOKEN = "Zx9qW3eR7tY1uI5oP8aS2dF6"


@pytest.mark.parametrize(
    "path",
    [
        ("api_key", ""),
        ("api_key", "value"),
        ("session", "api_key", "value"),
        ("session", "tools", 0, "headers", "X-Tenant"),
        ("tools", 0, "headers", "X-Tenant"),
    ],
)
def test_a_value_is_a_secret_by_the_name_of_what_it_lies_in(path):
    assert is_named(path)


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("value",),
        ("note", "value"),
        ("api_key", "type"),
        ("tools", 0, "name"),
        ("tools", 0, "headers", "Accept"),
        ("headers", "X-Request-Id"),
        ("session", "headers", "X-Request-Id"),
    ],
)
def test_what_lies_beside_a_secret_or_in_another_place_is_none(path):
    assert not is_named(path)


def test_the_name_of_a_secret_is_remembered_until_its_value_comes():
    body = {"name": "Authorization", "id": "h-1", "enabled": True, "value": WORD}
    assert WORD not in Redaction().json(json.dumps(body))


@pytest.mark.parametrize(
    "body",
    [
        {"headers": [{"name": "Authorization"}, {"value": WORD}]},
        {"name": "password", "description": WORD, "value": 7},
        {"rawHeaders": ["X-Kind", "authorization", "X-Request-Id", "req-1234"]},
        {"headers": "authorization", "value": WORD},
        {"name": "region", "value": WORD},
    ],
)
def test_the_name_of_a_secret_says_nothing_of_what_is_not_its_value(body):
    written = json.dumps(body)
    assert Redaction().json(written) == written


def test_the_path_of_a_value_has_no_name_beside_it_but_that_of_a_secret():
    redaction = Redaction()
    redaction.json(json.dumps({"settings": [{"key": "region", "value": TOKEN}]}))
    assert [doubt.path for doubt in redaction.doubts] == ["$.settings[0].value"]
