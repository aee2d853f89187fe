from __future__ import annotations

import io
import json
import re

import pytest
from rich.console import Console
from sweeping import by_turns

from rtcli.events import DIALECTS
from rtcli.events.describe import pages, summary
from rtcli.views.schema import Listing, OneType

REALTIME = DIALECTS["realtime"]


def lines(renderable, width=80):
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False, color_system=None)
    console.print(renderable)
    return console.file.getvalue().splitlines()


def one(name, dialect="realtime", depth=4, width=80):
    (page,) = pages(name, [DIALECTS[dialect]])
    return lines(OneType(page, depth), width)


def test_a_type_is_told_from_its_sender_to_its_example():
    told = one("conversation.item.truncate")
    assert told[:4] == [
        "conversation.item.truncate",
        "  sent by the client in realtime",
        "",
        "  The client says how much of the assistant's audio was heard.",
    ]
    assert "  audio_end_ms*   integer, 0 or more" in told
    assert "  event_id?       string, at most 512 characters" in told
    assert told.index("  * required   ? may be null") > told.index("  audio_end_ms*   integer, 0 or more")
    assert json.loads("\n".join(told[told.index("  {") :]))["type"] == "conversation.item.truncate"


def test_dialects_of_the_same_shape_are_named_beside_the_first():
    (page,) = pages("response.cancel")
    assert lines(OneType(page))[1] == "  sent by the client in realtime, the same in beta"


def test_an_event_of_either_side_says_so():
    assert one("session.input_audio.append", "live")[1] == "  sent by either side in live"


def test_a_source_is_shown():
    assert any("Source: openai-python" in line for line in one("input_audio_buffer.append"))


def test_fields_of_an_object_stand_under_it_and_kinds_by_their_type():
    told = one("session.update")
    start = next(number for number, line in enumerate(told) if line.startswith("      tools?"))
    assert told[start + 1].split() == ["type*", '"function"']
    assert told[start + 1].startswith("        type*")
    assert told[start + 2].startswith("          name?")


def test_a_type_that_may_be_left_out_is_not_marked():
    assert any(line.split() == ["type", '"function"'] for line in one("session.update", "beta"))
    assert not any(line.split() == ["type*", '"function"'] for line in one("session.update", "beta"))


def test_what_lies_deeper_is_cut_and_how_to_see_it_is_said():
    told = one("response.done", depth=1)
    assert any(line.endswith("object …") for line in told)
    assert "  * required   ? may be null   … more with --depth 2" in told
    assert not any("status_details?" in line for line in told)
    whole = one("response.done", depth=20)
    assert not any("…" in line for line in whole)
    assert any("status_details?" in line for line in whole)


def test_a_name_wider_than_its_column_has_the_kind_below():
    told = one("session.update", width=50)
    number = next(number for number, line in enumerate(told) if line.strip() == "prompt_cache_breakpoint?")
    assert told[number + 1].strip() == "object …"


@pytest.mark.parametrize("width", by_turns([40, 60, 80, 100, 200], 0, 4))
def test_no_line_is_wider_than_the_terminal_or_ends_in_blanks(width):
    shown = [lines(Listing(DIALECTS.values()), width)]
    for dialect in DIALECTS.values():
        shown += [one(name, dialect.name, width=width) for name in dialect.types]
    for told in shown:
        for line in told:
            assert len(line) <= width, line
            assert line == line.rstrip(), line


@pytest.mark.parametrize("width", [60, 80, 160])
def test_every_name_is_listed_whole_under_its_sender(width):
    told = lines(Listing([REALTIME]), width)
    border = told.index("  from the server: 46")
    for name, event in REALTIME.types.items():
        number = next(number for number, line in enumerate(told) if re.match(rf"    {re.escape(name)}(  |$)", line))
        assert (number > border) == (event.sender == "server")


@pytest.mark.parametrize("width", [60, 80, 160])
def test_every_summary_is_listed_whole(width):
    words = " ".join(" ".join(lines(Listing([REALTIME]), width)).split())
    for name, event in REALTIME.types.items():
        assert f"{name} {summary(event)}" in words


def test_summaries_stand_in_one_column_where_there_is_room():
    told = lines(Listing([REALTIME]), 300)
    rows = told[told.index("  from the server: 46") + 1 :]
    column = 4 + max(map(len, (name for name, event in REALTIME.types.items() if event.sender == "server"))) + 2
    assert len(rows) == 46
    for row in rows:
        assert row[column - 2 : column] == "  "
        assert row[column].isupper()


def test_colour_ends_with_the_name_it_belongs_to():
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system="standard", highlight=False)
    console.print(Listing([REALTIME]))
    assert console.file.getvalue().startswith("\x1b[1mrealtime\x1b[0m")
