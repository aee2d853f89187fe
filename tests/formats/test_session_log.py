from __future__ import annotations

from rtcli.formats import Reading

CREATED = '{"type":"session.created","event_id":"e","session":{"id":"%s"}}'


def read(tmp_path, *lines):
    path = tmp_path / "server.log"
    path.write_text("".join(f"{line}\n" for line in lines))
    reading = Reading(path)
    return list(reading), reading


def test_sessions_one_after_another_are_read_one_after_another(tmp_path):
    entries, reading = read(
        tmp_path,
        f"[2026-11-20T19:00:00.000Z] [a] [OPENAI] {CREATED % 'a'}",
        '[2026-11-20T19:00:01.500Z] [a] [USER] {"type":"response.create"}',
        f"[2026-11-20T19:00:09.000Z] [b] [OPENAI] {CREATED % 'b'}",
    )
    assert [(entry.t, entry.sender) for entry in entries] == [(0.0, "server"), (1.5, "client"), (9.0, "server")]
    assert (reading.form, reading.dropped) == ("session-log", 0)


def test_of_sessions_that_lie_among_each_other_one_is_left_out_and_said(tmp_path):
    entries, reading = read(
        tmp_path,
        f"[2026-11-20T19:00:00Z] [a] [OPENAI] {CREATED % 'a'}",
        f"[2026-11-20T19:00:01Z] [b] [OPENAI] {CREATED % 'b'}",
        '[2026-11-20T19:00:02Z] [a] [USER] {"type":"response.create"}',
    )
    assert [entry.line for entry in entries] == [1, 2]
    assert [drop.line for drop in reading.drops] == [3]
    assert "a, whose lines lie among those of b" in reading.drops[0].why


def test_other_lines_of_the_server_are_no_loss(tmp_path):
    entries, reading = read(
        tmp_path,
        "listening on {port}",
        f"2026-11-20T19:00:00Z [a] [OPENAI] {CREATED % 'a'}",
        "[2026-11-20T19:00:01Z] [a] [INFO] the user hung up",
    )
    assert (len(entries), reading.dropped) == (1, 0)
