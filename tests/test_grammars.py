"""What is written for a program is of the same structure whatever stands in a recording: each grammar's own parser says so."""

from __future__ import annotations

import csv
import html.parser
import io
import json
import os
import re
import xml.etree.ElementTree as ET
from functools import cache

import program
import pytest
import sweeping
from hostile import WORDS_OF_THE_PROTOCOL, recorded
from markdown_it import MarkdownIt

PIECES = (
    "=1+1",
    "+1",
    "-1",
    "@a",
    "\t=1",
    "\r=1",
    "]]>",
    "</script><script>x</script>",
    "<!--",
    "-->",
    "%0A::error::x",
    "\n::error::x",
    "a,title=b::c",
    "|",
    "`",
    "```\n",
    "\x00",
    "\u202e",
    "\x1b[2J",
    "\u2028",
    "--",
    '"><b onload=x>',
    "'",
    "&lt;&#0;",
    "[a](javascript:b)![c](d)",
    "# e\n\n* f\n\n---\n",
    "<img src=x>",
    "\n\n1\n00:00:00.000 --> 00:00:09.000\ng\n\n",
    "\ufeff",
    "\ufffe",
    "{{7*7}}{% raw %}",
    "$(h)",
)
HARMLESS = "abc"
NAME = "=a]]>|`%0A::error::x,title=b ]<b>'\".jsonl"
FORMULA = re.compile(r"[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
KEPT = WORDS_OF_THE_PROTOCOL | {"rtcli", "started_at", "url", "by", "model", "voice", "expires_at"}


def around(value, piece, name="", kind=""):
    """The same with a piece on both sides of every text that is free."""
    if isinstance(value, str):
        return value if name in KEPT or ("audio.delta" in kind and name == "delta") else piece + value + piece
    if isinstance(value, list):
        return [around(one, piece, name) for one in value]
    if isinstance(value, dict):
        kind = str(value.get("type"))
        return {key: around(one, piece, key, kind) for key, one in value.items()}
    return value


def shape(value):
    """What is left of a document without its texts; names of fields may be such texts."""
    if isinstance(value, dict):
        return ("object", *sorted(map(shape, value.values()), key=repr))
    if isinstance(value, list):
        return ("list", *map(shape, value))
    return type(value).__name__


def a_document(text):
    return shape(json.loads(text))


def documents(text):
    return [a_document(line) for line in text.rstrip("\n").split("\n")]


def a_table(text):
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    for cell in (cell for row in rows for cell in row):
        assert not FORMULA.match(cell) or NUMBER.fullmatch(cell), cell
    return [len(row) for row in rows]


def elements(text):
    return [(one.tag, sorted(one.attrib), len(one)) for one in ET.fromstring(text).iter()]


def annotations(text):
    """Source: GitHub's documentation of workflow commands: `::command name=value,…::message`, a line each."""
    found = []
    for line in text.rstrip("\n").split("\n"):
        told = re.fullmatch(r"::(error|warning|notice) ([^:\r\n]*)::([^\r\n]*)", line)
        found.append((told[1], [part.partition("=")[0] for part in told[2].split(",")]) if told else "no command")
    return found


class _Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, sorted(name for name, _ in attrs)))

    def handle_endtag(self, tag):
        self.found.append(f"/{tag}")

    def handle_comment(self, data):
        self.found.append("a comment")

    def handle_decl(self, decl):
        self.found.append("a declaration")


def tags(text):
    parser = _Tags()
    parser.feed(text)
    parser.close()
    return parser.found


def blocks(text):
    """The blocks and spans of Markdown with tables, but for where lines of a text end."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    inside = [token.type for one in tokens for token in one.children or [] if token.type not in SPACES]
    return [token.type for token in tokens], inside


def spans(text):
    """What is not plain text in Markdown of which the length depends on what is found."""
    return {kind for kind in blocks(text)[1] if kind.startswith(("html", "link", "image"))} | set(
        re.findall("html_block", repr(blocks(text)[0]))
    )


def fields(text):
    """The fields of a document whose lists depend on what is found."""
    return sorted(json.loads(text))


SPACES = {"text", "softbreak", "hardbreak", "text_special"}
CUE = re.compile(r"[\d:.,]+ --> [\d:.,]+")


def cues(text):
    """The tags in cues, each of which has its number, a time and a text, however many they are: long texts are several.

    Source: W3C WebVTT, section 4.1.
    """
    lines = re.split("\r\n|\n|\r", text.rstrip("\n"))
    found = [block.split("\n") for block in "\n".join(lines).split("\n\n")]
    told = [block for block in found if block[0].isdecimal()]
    assert len(found) - len(told) <= 2 * text.startswith("WEBVTT"), "a header and a style, and cues"
    for number, (first, times, *words) in enumerate(told, 1):
        assert first == str(number)
        assert CUE.fullmatch(times)
        assert words
        assert not any("-->" in word for word in words)
    return {tag.split()[0] for _, _, *words in told for tag in re.findall(r"<[/a-zA-Z][^>]*>", " ".join(words))}


def rows(data):
    from pyarrow import parquet

    table = parquet.read_table(io.BytesIO(data))
    return table.num_rows, table.schema.names


GRAMMARS = {
    "validate IN --output-format junit": elements,
    "validate IN --output-format sarif": a_document,
    "validate IN --output-format github": annotations,
    "turns IN --csv": a_table,
    "transcript IN --format md": blocks,
    "transcript IN --format vtt": cues,
    "report IN -o -": tags,
    "validate IN --output-format json": a_document,
    "validate IN --output-format json-lines": documents,
    "turns IN --json": a_document,
    "turns IN --output-format junit --max-ttfa 1ms --max-errors 0": elements,
    "info IN --json file,model": a_document,
    "info IN --csv": a_table,
    "cost IN --json": a_document,
    "cost IN --csv": a_table,
    "transcript IN --format srt": cues,
    "transcript IN --format json": a_document,
    "doctor IN --json": a_document,
    "diff IN IN --json": a_document,
    "redact IN --check --json": fields,
    "bundle IN --issue --allow-doubts": spans,
    "convert IN -o - --to har": a_document,
    "convert IN -o - --to otlp --content": a_document,
    "convert IN -o - --to rtcli": documents,
    "convert IN -o - --to bare": documents,
    "convert IN -o OUT.parquet": rows,
}
"""By command line what its own parser makes of what is written."""
SHORT = list(GRAMMARS)[:7]
RECORDING = "tool.jsonl"
"""In others the length of a text decides about what is found, and so about how much is written."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("grammars")


def written(line, piece, folder):
    """What a command writes of a recording with a piece around every text."""
    (folder / NAME).write_bytes(b"".join(json.dumps(one).encode() + b"\n" for one in _records(piece)))
    arguments = [NAME if word == "IN" else word.replace("OUT", "out") for word in line.split()]
    done = program.run(
        [*RTCLI, *arguments, *["--overwrite"] * ("OUT" in line)], capture_output=True, cwd=folder, timeout=60
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode in {0, 1, 3}, done.stderr
    return (folder / "out.parquet").read_bytes() if "OUT" in line else done.stdout


RTCLI = [os.sys.executable, "-m", "rtcli"]


@cache
def _records(piece):
    records = [around(one, piece) for one in recorded(RECORDING)]
    last = records[-1].get("t") or 0.0
    broken = [
        {
            "type": "error",
            "event_id": "e",
            "error": {"type": "t", "code": "c", "message": "m", "param": "p", "event_id": "f"},
        },
        {"type": "u", "event_id": "g", "h": "i"},
        {"type": "response.output_text.delta", "event_id": "j", "response_id": "k", "item_id": 4, "delta": "l"},
    ]
    hostile = [around(one, piece) | {"type": f"u.{piece}" if one["type"] == "u" else one["type"]} for one in broken]
    return tuple(records[:-2] + [{"t": last, "from": "server", "event": one} for one in hostile] + records[-2:])


def parsed(line, data):
    return GRAMMARS[line](data if "OUT" in line else data.decode("utf-8"))


@pytest.mark.parametrize("line", GRAMMARS if sweeping.ALL else SHORT)
def test_the_structure_is_that_of_harmless_texts(line, folder):
    harmless = parsed(line, written(line, HARMLESS, folder))
    for piece in ("".join(PIECES), *(PIECES if sweeping.ALL else ())):
        assert parsed(line, written(line, piece, folder)) == harmless, repr(piece)
