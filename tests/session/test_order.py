"""Names keep the order that they are put in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rtcli.session.order import Order

NAMES = st.sampled_from("abcd")
STEPS = st.lists(st.tuples(st.sampled_from(("append", "move", "rename", "remove")), NAMES, st.one_of(st.none(), NAMES)))


def put_behind(row, name, before):
    """The same in a list."""
    row.remove(name)
    row.insert(0 if before is None else row.index(before) + 1, name)


@given(STEPS)
def test_a_row_is_what_a_list_would_be(steps):
    order, row = Order(), []
    for step, name, other in steps:
        if step == "append" and name not in row:
            order.append(name)
            row.append(name)
        elif step == "move" and name in row and other != name and (other is None or other in row):
            order.move(name, other)
            put_behind(row, name, other)
        elif step == "rename" and name in row and other is not None and other not in row:
            order.rename(name, other)
            row[row.index(name)] = other
        elif step == "remove" and name in row:
            order.remove(name)
            row.remove(name)
        assert list(order) == row
