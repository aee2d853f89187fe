"""Apps may come, and pages of this machine; a page that bent its name to this machine may not."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus

from rtcli.links.replay_server import Plan, serving_script
from rtcli.links.server import serving
from rtcli.links.visitors import Visitors
from rtcli.script.performance import Script


def headers(**values):
    return Headers({name.capitalize(): value for name, value in values.items()})


@pytest.mark.parametrize(
    "host", ["localhost:8765", "127.0.0.1:8765", "[::1]:8765", "app.localhost", "rtcli", "192.168.0.7:80", "LOCALHOST"]
)
def test_who_asks_for_a_name_that_no_stranger_can_own_may_come(host):
    assert Visitors().unwelcome(headers(host=host)) is None


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "a.b..c", "evil.example."]
)
def test_who_asks_for_a_strangers_name_may_not(host):
    assert Visitors().unwelcome(headers(host=host)).code == "host_not_allowed"


def test_the_name_of_a_page_that_is_allowed_is_allowed_too():
    allowed = Visitors(("https://app.example",))
    assert allowed.unwelcome(headers(host="app.example", origin="https://app.example")) is None
    assert allowed.unwelcome(headers(host="other.example", origin="https://app.example")).code == "host_not_allowed"
    assert Visitors(("*",)).unwelcome(headers(host="any.example", origin="null")) is None


def test_where_other_machines_may_come_they_may_use_any_name_but_pages_must_be_allowed():
    beyond = Visitors(from_here_only=False)
    assert beyond.unwelcome(headers(host="proxy.corp.example")) is None
    assert beyond.unwelcome(headers(host="x", origin="https://evil.example")).code == "origin_not_allowed"


def test_a_second_origin_does_not_hide_behind_the_first():
    both = Headers([("Origin", "http://localhost"), ("Origin", "https://evil.example")])
    assert Visitors().unwelcome(both).code == "origin_not_allowed"


@pytest.mark.parametrize(
    ("extra", "code"),
    [({"Origin": "https://evil.example"}, "origin_not_allowed"), ({"Host": "evil.example:1"}, "host_not_allowed")],
)
@pytest.mark.parametrize("server", [serving, lambda: serving_script(Script([]), lambda *_: None, Plan())])
def test_the_built_in_server_and_a_served_recording_turn_such_pages_away(server, extra, code):
    async def ask():
        async with server() as url:
            path = "" if url.endswith("/v1/realtime") else "/v1/realtime"
            with pytest.raises(InvalidStatus) as refusal:
                async with connect(url + path, additional_headers=extra, compression=None):
                    pass
            return refusal.value.response

    response = asyncio.run(ask())
    assert response.status_code == 403
    assert json.loads(response.body)["error"]["code"] == code
