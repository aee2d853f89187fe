"""What of a recording is asked for, and what could have been meant."""

from __future__ import annotations

from notation import entries_of

from rtcli.session.selection import Named, Window


def taken(script, selection):
    return [entry.line for entry in entries_of(script) if selection.takes(entry)]


def asked(text):
    created = '< response.created {"response":{"id":"%s","conversation_id":"c"}}\n'
    selection = Named("response", text)
    assert taken("".join(created % name for name in ("resp_one", "resp_two", "answer")), selection) == []
    return selection.near


def test_a_record_without_a_time_is_of_the_time_of_the_one_before():
    script = "1.0 > response.cancel {}\n> response.cancel {}\n2.0 > response.cancel {}\n> response.cancel {}"
    assert taken(script, Window(1.5, None)) == [3, 4]
    assert taken(script, Window(None, 1.5)) == [1, 2]


def test_a_window_says_which_times_there_were():
    window = Window(0.0, None)
    taken("2.0 > response.cancel {}\n1.0 > response.cancel {}", window)
    assert (window.earliest, window.latest) == (1.0, 2.0)


def test_ids_with_the_text_in_them_could_be_meant():
    assert asked("p_o") == ["resp_one"]


def test_ids_that_look_alike_could_be_meant():
    assert asked("resp_tow")[0] == "resp_two"


def test_where_none_looks_alike_the_first_ones_are_told():
    assert asked("zzz") == ["resp_one", "resp_two", "answer"]
