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
    path = tmp_path / "call.jsonl"
    path.write_bytes(b"".join([*FIRST, *LINES.values(), LAST]))
    runs = [Run(line, str(tmp_path), plain(), seconds=120) for line in one_each(commands(path, tmp_path))]
    done = dict(zip([run.arguments for run in runs], assert_bounded(runs), strict=True))
    for command in ("filter", "recover"):
        words = (command, str(path))
        assert done[words].out.endswith(LAST), command


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
