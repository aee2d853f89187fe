"""The table of types: complete, without doubles, each class where its name says."""

from __future__ import annotations

import importlib
import pkgutil

import msgspec
import pytest

import rtcli.events
from rtcli.events import DIALECTS, REALTIME, Event
from rtcli.events.event import ClientEvent, Object, ServerEvent, type_name

MODULES = [
    importlib.import_module(f"rtcli.events.{module.name}") for module in pkgutil.iter_modules(rtcli.events.__path__)
]
WRITTEN = [
    kind for module in MODULES for kind in vars(module).values() if getattr(kind, "__module__", "") == module.__name__
]
ROOTS = {Event, ClientEvent, ServerEvent}
EVENTS = [kind for kind in WRITTEN if isinstance(kind, type) and issubclass(kind, Event) and kind not in ROOTS]
OBJECTS = [kind for kind in WRITTEN if isinstance(kind, type) and issubclass(kind, Object)]


def test_every_event_class_that_is_written_is_spoken_in_a_dialect():
    spoken = {kind for dialect in DIALECTS.values() for kind in dialect.types.values()}
    assert set(EVENTS) == spoken


def test_no_type_stands_twice_in_a_dialect():
    assert len(REALTIME.types) == len(set(REALTIME.types.values())) == 46 + 11


@pytest.mark.parametrize("kind", EVENTS, ids=type_name)
def test_a_class_lives_in_the_module_of_its_types_first_word(kind):
    assert kind.__module__ == "rtcli.events." + type_name(kind).split(".")[0]


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
