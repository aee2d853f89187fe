from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from notation import entries_of, told
from sessions import FAILED, INTERRUPTED, SPOKEN

from rtcli.session import Session
from rtcli.session.mark import MOST_ALIKE, Mark, hang
from rtcli.session.places import RECENT_LINES
from rtcli.session.tree import children_of

SCRIPTS = [SPOKEN, SPOKEN + INTERRUPTED, FAILED]


def walk(node):
    yield node
    for child in children_of(node):
        yield from walk(child)


def nodes(session):
    return [node for connection in session.connections for node in walk(connection)]


def wrong(line, code="SEQ01", severity="error", text="it is wrong"):
    return Mark(code, severity, text, line)


def marked(session):
    """What is marked, by the names of the nodes."""
    return [
        (type(node).__name__, getattr(node, "id", "") or getattr(node, "kind", ""), mark.line)
        for node in nodes(session)
        for mark in node.marks
    ]


@pytest.mark.parametrize(
    ("line", "node", "name"),
    [
        (3, "Setup", ""),
        (4, "Stream", "input"),
        (6, "Stream", "input"),
        (7, "Item", "item_u"),
        (9, "Item", "item_u"),
        (11, "Response", "resp_1"),
        (12, "Item", "item_a"),
        (15, "Item", "item_a"),
        (18, "Item", "item_u"),
    ],
)
def test_a_line_is_marked_at_what_it_names_or_began(line, node, name):
    session = told(SPOKEN)
    session.mark(wrong(line))
    assert marked(session) == [(node, name, line)]


@pytest.mark.parametrize(
    ("line", "node"), [(1, "Connection"), (2, "Failure"), (4, "Turn"), (9, "Response"), (12, "Odd"), (14, "Ended")]
)
def test_a_line_that_names_nothing_is_marked_at_what_it_became_or_where_the_session_was(line, node):
    session = told(FAILED)
    session.mark(wrong(line))
    assert [name for name, _, _ in marked(session)] == [node]


def test_what_is_deleted_is_marked_where_it_was():
    session = told("""
< conversation.item.added {"item":{"id":"a","type":"message","role":"user","content":[]}}
< conversation.item.deleted {"item_id":"a"}
""")
    session.mark(wrong(2))
    assert marked(session) == [("Item", "a", 2)]


@given(data=st.data())
def test_marks_on_any_lines_raise_nothing_and_change_nothing_else(data):
    script = data.draw(st.sampled_from(SCRIPTS))
    plain, session = Session(), Session()
    for entry in entries_of(script):
        plain.apply(entry)
        session.apply(entry)
        for line in data.draw(st.lists(st.integers(-3, 40), max_size=3)):
            session.mark(wrong(line))
    made = sum(mark.count for node in nodes(session) for mark in node.marks)
    assert made == sum(connection.errors for connection in session.connections)
    for node in nodes(session):
        node.marks.clear()
    for connection in session.connections:
        connection.errors = 0
    assert session.connections == plain.connections


def test_a_mark_before_everything_is_no_error():
    session = Session()
    session.mark(wrong(1))
    assert marked(session) == []


def test_the_line_that_began_something_is_known_for_good_and_others_for_long():
    session = told(SPOKEN)
    (delta,) = (entry for entry in entries_of(SPOKEN) if entry.line == 17)
    for line in range(100, 100 + 2 * RECENT_LINES):
        session.apply(replace(delta, line=line))
    for line in (11, 99 + RECENT_LINES, 100 + RECENT_LINES):
        session.mark(wrong(line))
    assert marked(session) == [
        ("Turn", "", 99 + RECENT_LINES),
        ("Response", "resp_1", 11),
        ("Item", "item_a", 100 + RECENT_LINES),
    ]


def test_severities_are_counted_on_the_connection_that_they_belong_to():
    session = told(SPOKEN)
    for entry in entries_of(FAILED.replace("0.10 >", '0.05 - {"rtcli":1}\n0.10 >', 1)):
        session.apply(replace(entry, line=entry.line + 100))
    for line, severity in [(3, "error"), (3, "info"), (104, "warning"), (105, "warning")]:
        session.mark(wrong(line, severity=severity))
    assert [(one.errors, one.warnings) for one in session.connections] == [(1, 0), (0, 2)]


def test_what_says_the_same_in_the_same_place_is_counted():
    marks = []
    for line in (3, 4, 9):
        hang(marks, wrong(line))
    assert [(mark.line, mark.count) for mark in marks] == [(3, 3)]


def test_the_same_elsewhere_in_a_node_is_told_again():
    marks = []
    hang(marks, wrong(3))
    hang(marks, replace(wrong(7), after=1))
    assert [mark.line for mark in marks] == [3, 7]


def test_a_flood_of_one_code_is_told_with_a_number():
    marks = []
    for line in range(1, 101):
        hang(marks, wrong(line, text=f"number {line}"))
    hang(marks, wrong(101, code="SEQ02"))
    assert [mark.line for mark in marks] == [*range(1, MOST_ALIKE + 1), 101]
    assert marks[MOST_ALIKE - 1].more == 100 - MOST_ALIKE
