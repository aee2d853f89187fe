"""What is made to exhaust a reader costs bounded memory, says so in a line, and leaves the rest of the file to be read."""

from __future__ import annotations

import gzip
import json

import pytest
from hostile import recorded
from sweeping import ALL, Run, by_turns, lines_of, one_each, plain, swept

from rtcli.formats.forms import FORMS

NOBODY = "ws://127.0.0.1:9/x"
MOST_MIB = 300
"""For a process that holds all of rtcli and every library already, which is some 45, or 90 with Parquet."""
DEEP = 100_000 if ALL else 30_000
LONG = 4_000_000 if ALL else 200_000
DIGITS = 1_000_000 if ALL else 200_000
EVENT = b'{"t":1.5,"from":"server","event":{"type":"response.created","event_id":"e","response":%s}}\n'
LINES = {
    "objects in objects": EVENT % (b'{"a":' * DEEP + b"1" + b"}" * DEEP),
    "lists in lists": EVENT % (b"[" * DEEP + b"]" * DEEP),
    "lists that never end": b'{"t":1,"from":"server","event":{"type":"response.created","x":' + b"[" * DEEP + b"\n",
    "brackets only": b"[" * DEEP + b"\n",
    "a number of very many digits": EVENT % (b'{"id":' + b"9" * DIGITS + b"}"),
    "a fraction of very many digits": EVENT % (b'{"n":0.' + b"9" * DIGITS + b"}"),
    "an exponent": EVENT % b'{"n":1e999999999}',
    "a time of many digits": b'{"t":' + b"9" * 100_000 + b',"from":"server","event":{"type":"error"}}\n',
    "keys twice": b'{"t":1,"t":2,"from":"server","from":"client","event":{"type":"error","type":"response.created","response":{},"response":1}}\n',
    "half a pair": EVENT % b'{"id":"\\ud800","status":"\\udfff\\ud800"}',
    "no numbers": b'{"t":NaN,"from":"server","event":{"type":"response.created","x":Infinity,"y":-Infinity}}\n',
    "a byte order mark": b"\xef\xbb\xbf" + EVENT % b"{}",
    "a long string": EVENT % (b'{"id":"' + b"x" * LONG + b'"}'),
    "a long name": EVENT % (b'{"' + b"x" * LONG + b'":1}'),
    "no line at all": b"y" * LONG + b"\n",
    "many fields": EVENT % (b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(20_000)) + b"}"),
    "audio that is none": b'{"t":1,"from":"server","event":{"type":"response.output_audio.delta","event_id":"e","response_id":"r","item_id":"i","output_index":0,"content_index":0,"delta":"' + b"=" * LONG + b'"}}\n',
}  # fmt: skip
"""By what is wrong: a line of a recording."""
FIRST = [json.dumps(record).encode() + b"\n" for record in recorded("text.jsonl")]
LAST = b'{"t":9999.5,"note":"the last line of all"}\n'


def assert_bounded(runs, most_mib=MOST_MIB):
    results = swept(runs)
    for run, done in zip(runs, results, strict=True):
        told = (run.arguments, done.code, done.peak_kib, done.out[-300:], done.err[-600:])
        assert b"Traceback" not in done.err + done.out, told
        assert done.code in {0, 1, 2, 3}, told
        assert done.peak_kib < most_mib * 1024, told
    return results


def commands(path, folder):
    names = {"IN": str(path), "IN2": str(path), "OUT": str(folder / "out"), "URL": NOBODY, "NOTE": "note"}
    return [line for line in lines_of(names, but=("rule", "schema", "connect", "serve")) if NOBODY not in line]


def test_no_line_keeps_a_command_from_the_rest(tmp_path):
    paths = [tmp_path / f"call{turn}.jsonl" for turn in range(3)]
    for turn, path in enumerate(paths):
        path.write_bytes(b"".join([*FIRST, *by_turns(list(LINES.values()), turn, 3), LAST]))
    lines = [one_each(commands(path, tmp_path)) for path in paths]
    tried = [lines[number % 3][number] for number in range(len(lines[0]))]
    runs = [Run(line, str(tmp_path), plain(), seconds=120) for line in tried]
    plainly = {
        one.arguments[0]: done for one, done in zip(runs, assert_bounded(runs), strict=True) if len(one.arguments) == 2
    }
    for command in ("filter", "recover"):
        assert plainly[command].out.endswith(LAST), command


@pytest.mark.parametrize("character", by_turns([b"x", b"A\\/", b"\\u001b"], 0, 2))
def test_a_long_text_is_not_held_many_times_over(character, tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_bytes(b"".join([*FIRST, EVENT % (b'{"id":"' + character * (4_000_000 // len(character)) + b'"}'), LAST]))
    assert_bounded([Run(("report", str(path), "-o", str(tmp_path / "out.html")), str(tmp_path), plain())], 150)


LAUGHS = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % (n + 1, n + 1, *[n] * 9) for n in range(ord("a"), ord("z"))
)
FILES = {
    "a billion laughs": ("call.yaml", LAUGHS),
    "a cassette of laughs": ("call.yaml", b"version: 1\ninteractions:\n- &x {direction: sent, data: {type: response.create}}\n" + LAUGHS + b"- *x\n"),
    "yaml in yaml": ("call.yaml", b"interactions:\n" + b"- " * 20_000 + b"{type: response.create}\n"),
    "gzip in gzip": ("call.jsonl.gz", gzip.compress(gzip.compress(b"".join(FIRST)))),
    "a document of one list": ("call.json", b'{"events":[' + b"[" * DEEP),
    "an archive of a browser": ("call.har", b'{"log":{"entries":[{"request":' + b'{"a":' * DEEP),
}  # fmt: skip
"""By what is wrong: the name of a file, and what is in it."""


@pytest.mark.parametrize("kind", FILES)
def test_no_file_costs_more_than_it_is_worth(kind, tmp_path):
    name, content = FILES[kind]
    path = tmp_path / name
    path.write_bytes(content)
    commands = by_turns(("show", "validate", "info", "filter"), list(FILES).index(kind), 2)
    assert_bounded([Run((command, str(path)), str(tmp_path), plain()) for command in commands])


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_log_reads_on_for_ever(form, tmp_path):
    runs = []
    short = [line for line in LINES.values() if len(line) < LONG]
    bodies = (b"".join([*FIRST[:3], *short]), LAUGHS, b"[" * DEEP, b"- " * 5_000)
    for number, body in enumerate(by_turns(bodies, list(FORMS).index(form), 2)):
        path = tmp_path / f"{number}.log"
        path.write_bytes(body)
        runs.append(Run(("info", str(path), "--from", form), str(tmp_path), plain(), seconds=60))
    assert_bounded(runs)


ODD = {
    "deep": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "a list in lists": b"[" * DEEP + b"]" * DEEP,
    "many digits": b'{"a":' + b"9" * DIGITS + b"}",
    "half a pair": b'{"instructions":"\\ud800"}',
    "no text": b'{"instructions":"\xff"}',
    "no number": b'{"a":NaN,"b":1e999}',
    "a key twice": b'{"a":1,"a":2}',
}
"""What may stand in a file that is given beside a recording."""
BESIDE = {
    "--session": ("connect", NOBODY, "--session", "@FILE", "--no-record", "-x", "hi", "--wait", "1"),
    "--instructions": ("connect", NOBODY, "--instructions", "@FILE", "--no-record", "-x", "hi", "--wait", "1"),
    "--baseline": ("validate", "CALL", "--baseline", "FILE"),
    "--prices": ("turns", "CALL", "--prices", "FILE"),
    "--audio-in": ("connect", "demo", "--audio-in", "FILE", "--no-record", "--wait", "1"),
    "rtcli.toml": ("show", "CALL"),
}
"""By what takes a file: a command that is given one."""


@pytest.mark.parametrize("option", BESIDE)
def test_no_file_that_is_given_beside_a_recording_ends_a_command_with_a_trace(option, tmp_path):
    call = tmp_path / "call.jsonl"
    call.write_bytes(b"".join(FIRST))
    runs = []
    for number, body in enumerate(ODD.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / "rtcli.toml" if option == "rtcli.toml" else folder / "file"
        path.write_bytes(b"a = " + body if option == "rtcli.toml" else body)
        words = [word.replace("FILE", str(path)).replace("CALL", str(call)) for word in BESIDE[option]]
        runs.append(Run(tuple(words), str(folder), plain()))
    said = [done.err.decode() for done in assert_bounded(runs)]
    assert all(len(text.splitlines()) <= 2 for text in said), said


WORDS = {
    "--execute": ("connect", "demo", "--no-record", "-x"),
    "--instructions": ("connect", "demo", "--no-record", "-x", "hi", "--instructions"),
    "--voice": ("connect", "demo", "--no-record", "-x", "hi", "--voice"),
}


@pytest.mark.parametrize("option", WORDS)
def test_bytes_that_are_no_text_are_refused_before_anybody_is_connected_to(option, tmp_path):
    (done,) = assert_bounded([Run((*WORDS[option], "h\udcffi"), str(tmp_path), plain())])
    assert (done.code, done.err.decode()) == (2, f"rtcli: {option}: it is no text; its bytes are not UTF-8\n")


@pytest.mark.parametrize(
    "condition", ["(" * 5000 + "a" + ")" * 5000, "!" * 5000 + "a", "a[?" * 3000 + "a" + "]" * 3000]
)
def test_a_condition_that_is_nested_deep_is_refused(condition, tmp_path):
    call = tmp_path / "call.jsonl"
    call.write_bytes(b"".join(FIRST))
    (done,) = assert_bounded([Run(("filter", str(call), "--where", condition), str(tmp_path), plain())])
    assert (done.code, done.out) == (2, b"")
    assert b"--where: it is nested too deep" in done.err


TYPED = [
    b"h\xffi",
    b'/event {"type":"\xff"}',
    b"/audio \xff",
    b'/event {"type":"\\ud800"}',
    b'/update {"a":"\\ud800"}',
    b"/update " + b"[" * DEEP,
    b'/update {"a":' + b"9" * DIGITS + b"}",
    b"/event " + b'[{"a":' * DEEP,
    b"/tool \xff",
]


def test_nothing_that_is_typed_ends_a_conversation(tmp_path):
    run = Run(
        ("connect", "demo", "--wait", "2", "-o", "call.jsonl"),
        str(tmp_path),
        plain(),
        stdin=b"\n".join([*TYPED, b"Hello"]),
    )
    (done,) = assert_bounded([run])
    assert done.code == 0, done.err
    assert b"How can I help you" in done.out
