"""What is told of a mended file."""

from __future__ import annotations

from rtcli.formats.remarks import Remark, Remarks


def test_the_first_twenty_are_told_and_all_are_counted():
    remarks = Remarks()
    for line in range(1, 31):
        remarks.add(line, f"fault {line}")
    assert remarks.count == 30
    assert [one.line for one in remarks.told] == list(range(1, 21))


def test_what_happens_on_every_line_is_told_once_with_how_often():
    remarks = Remarks()
    for line in (3, 4, 9):
        remarks.add(line, "CRLF", joined=True)
    assert (remarks.count, remarks.told) == (3, [Remark(3, "CRLF", 3)])
