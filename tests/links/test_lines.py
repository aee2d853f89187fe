"""What a line means that is typed in a conversation."""

from __future__ import annotations

import asyncio
import re

import pytest

from rtcli.links.lines import HELP, Slash, perform


def typed(line):
    """What becomes of a line that needs no conversation, and what is said of it."""
    said = []
    return asyncio.run(perform(line, None, said.append, None)), said


@pytest.mark.parametrize("line", ["/close", "/quit", "/exit", "/q", "/quit ", "/exit now"])
def test_who_wants_to_leave_may_say_so_as_elsewhere(line):
    assert typed(line) == (Slash.LEAVE, [])


@pytest.mark.parametrize(("line", "meant"), [("/qiut", "/quit"), ("/cancle", "/cancel"), ("/evnt {}", "/event")])
def test_a_misspelt_command_is_told_with_the_one_that_was_probably_meant(line, meant):
    word = line.split()[0]
    assert typed(line) == (Slash.DONE, [f"{word} is no command; did you mean {meant}? /help lists them"])


def test_of_a_word_that_is_near_nothing_nothing_is_guessed():
    assert typed("/xyzzy") == (Slash.DONE, ["/xyzzy is no command; /help lists them"])


@pytest.mark.parametrize("line", ["/help", "/?"])
def test_the_help_names_only_what_there_is(line):
    what, (said,) = typed(line)
    assert (what, said) == (Slash.DONE, HELP)


@pytest.mark.parametrize("command", sorted(set(re.findall(r"(?<![\w.])/[a-z]+", HELP))))
def test_each_command_of_the_help_is_near_to_itself_with_a_letter_too_much(command):
    _, (said,) = typed(f"{command}x")
    assert said == f"{command}x is no command; did you mean {command}? /help lists them"
