"""The table of types: complete, without doubles, each class where its name says."""

from __future__ import annotations

import importlib
import json
import pkgutil

import msgspec
import pytest
from msgspec import inspect

import rtcli.events
from rtcli.events import BETA, DIALECTS, REALTIME, Event
from rtcli.events.dialects import RENAMED_EVENTS
from rtcli.events.event import ClientEvent, Object, ServerEvent, type_name
from rtcli.events.live.event import LiveEvent

MODULES = [
    importlib.import_module(module.name) for module in pkgutil.walk_packages(rtcli.events.__path__, "rtcli.events.")
]
WRITTEN = [
    kind for module in MODULES for kind in vars(module).values() if getattr(kind, "__module__", "") == module.__name__
]
ROOTS = {Event, ClientEvent, ServerEvent, LiveEvent}
EVENTS = [kind for kind in WRITTEN if isinstance(kind, type) and issubclass(kind, Event) and kind not in ROOTS]
OBJECTS = [kind for kind in WRITTEN if isinstance(kind, type) and issubclass(kind, Object)]


def test_every_event_class_that_is_written_is_spoken_in_a_dialect():
    spoken = {kind for dialect in DIALECTS.values() for kind in dialect.types.values()}
    assert set(EVENTS) == spoken


@pytest.mark.parametrize(
    ("dialect", "server", "client"), [("realtime", 46, 11), ("beta", 35, 12), ("translation", 7, 3), ("live", 26, 16)]
)
def test_each_type_of_a_dialect_stands_in_it_once_and_has_one_sender(dialect, server, client):
    types = importlib.import_module(f"rtcli.events.{dialect}").TYPES
    assert len(types) == len({type_name(event) for event in types}) == server + client
    assert len([event for event in types if event.sender == "server"]) == server
    assert [type_name(event) for event in types if event.reflected] == (
        ["session.input_audio.append", "transport.dtmf.send"] if dialect == "live" else []
    )


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=str)
def test_the_clients_types_of_a_dialect_stand_first(dialect):
    senders = [event.sender for event in dialect.types.values()]
    assert senders == sorted(senders)


def test_what_two_dialects_share_to_the_last_field_is_one_class():
    shared = [
        (name, one, other)
        for name, one in BETA.types.items()
        for other in [REALTIME.types.get(name)]
        if other is not None and one is not other
    ]
    assert shared
    for name, one, other in shared:
        assert not same(one, other), name


def same(one, other):
    fields = [{field.encode_name: field.type for field in inspect.type_info(kind).fields} for kind in (one, other)]
    return fields[0] == fields[1]


def test_a_beta_event_extends_the_realtime_event_that_says_the_same():
    for name, event in BETA.types.items():
        row = RENAMED_EVENTS.get(name)
        today = row.realtime[0] if row else name
        if name != "transcription_session.created":
            assert issubclass(event, REALTIME.types[today]), name


def test_the_sets_of_events_that_other_programs_need_are_complete(shared):
    catalogue = json.loads((shared / "protocol/events.json").read_text())["events"]
    sources = {"openai-protocol(smg)": REALTIME, "api_openai": BETA}
    for source, dialect in sources.items():
        needed = {
            event["name"]
            for event in catalogue
            if any(source.split("(")[0] in where for where in event["in_sources"])
            and event["dialect"] == {"realtime": "ga"}.get(dialect.name, dialect.name)
        }
        assert len(needed) > 40, source
        assert needed <= set(dialect.types) | {"transcription_session.created"}, source


@pytest.mark.parametrize("kind", EVENTS, ids=type_name)
def test_a_class_lives_in_the_module_of_its_types_first_word(kind):
    homes = [f"rtcli.events.{package}" for package in ("", "beta.", "translation.", "live.")]
    assert kind.__module__ in {home + type_name(kind).split(".")[0] for home in homes}


@pytest.mark.parametrize("kind", EVENTS, ids=type_name)
def test_a_class_says_who_sends_it_and_has_a_docstring_of_its_own(kind):
    assert kind.sender in {"client", "server"}
    assert issubclass(kind, ClientEvent) == (kind.sender == "client")
    assert kind.__doc__
    assert kind.__doc__.splitlines()[0].endswith((".", ":"))


@pytest.mark.parametrize("kind", EVENTS + OBJECTS, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_a_class_of_the_wire_refuses_unknown_fields_and_stays_out_of_the_garbage_collector(kind):
    config = kind.__struct_config__
    assert config.forbid_unknown_fields
    assert not config.gc
    assert kind is Object or not config.array_like
    assert [name for name in kind.__struct_fields__ if name not in kind.__struct_encode_fields__] == []


def test_the_decoder_reads_the_type_once():
    assert REALTIME.decoder is REALTIME.decoder
    with pytest.raises(msgspec.ValidationError, match="Invalid value"):
        REALTIME.decoder.decode(b'{"type":"response.create.d"}')
