"""Errors keep their parts and make one sentence of them."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from rtcli import errors

RAISED = [
    (errors.BadOption("--speed", "0 is no speed", "write 2 or 0.5"), "--speed: 0 is no speed; write 2 or 0.5"),
    (errors.BadOption("--speed", "0 is no speed"), "--speed: 0 is no speed"),
    (
        errors.UnreadableRecording("a.jsonl", "it is empty", "record one"),
        "cannot read a.jsonl: it is empty; record one",
    ),
    (
        errors.RecordingExists("a.jsonl"),
        "a.jsonl exists already; add to it with --append or replace it with --overwrite",
    ),
    (errors.RecordingFailed("a.jsonl", "No space left on device"), "cannot write a.jsonl: No space left on device"),
    (
        errors.HandshakeRefused("wss://h/p", 401, "invalid_api_key", "Incorrect key", "req_1", "check the key"),
        "wss://h/p refused the connection: HTTP 401 invalid_api_key: Incorrect key (request id req_1); check the key",
    ),
    (
        errors.HandshakeRefused("wss://h/p", 404, said="There is nothing here.", remedy="look at the URL"),
        "wss://h/p refused the connection: HTTP 404: There is nothing here; look at the URL",
    ),
    (errors.HandshakeRefused("wss://h/p", 503), "wss://h/p refused the connection: HTTP 503"),
    (
        errors.ConnectionFailed("wss://h/p", "the name is unknown", "is it right?"),
        "cannot connect to wss://h/p: the name is unknown; is it right?",
    ),
]


@pytest.mark.parametrize(("error", "sentence"), RAISED, ids=lambda value: type(value).__name__)
def test_an_error_is_one_sentence_of_its_parts(error, sentence):
    assert str(error) == sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(("error", "sentence"), RAISED, ids=lambda value: type(value).__name__)
def test_an_error_survives_being_copied_and_sent_to_another_process(error, sentence):
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(twin) is type(error)
        assert str(twin) == sentence
        assert vars(twin) == vars(error)


def test_there_are_few_errors_and_all_have_one_root():
    classes = [thing for _, thing in inspect.getmembers(errors, inspect.isclass)]
    assert all(issubclass(thing, errors.RtcliError) for thing in classes)
    assert len(classes) <= 1 + 8
    assert {type(error) for error, _ in RAISED} == set(classes) - {errors.RtcliError}


def test_every_error_stands_in_the_tree_that_the_module_shows():
    for name, _ in inspect.getmembers(errors, inspect.isclass):
        assert f" {name} " in errors.__doc__ + " " or f"\n    {name}\n" in errors.__doc__
