"""Makes the folders ``clean`` and ``broken`` anew: ``python recordings/broken/make.py [folder]``.

Law: the same program makes the same files, to the byte.
"""

from __future__ import annotations

import copy
import gzip
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import sessions
from beta import beta
from row import Row
from stage import Call, Line
from table import ROWS
from written import Scripted, mcp, parallel, translation, webrtc

from rtcli.formats.line import header_line, line_of
from rtcli.recording import Binary, Close, Frame, Header, Open
from rtcli.rules import titles

_DRIVEN: Final = (
    sessions.text,
    sessions.chat,
    sessions.history,
    sessions.spoken,
    sessions.interruption,
    sessions.heard,
    sessions.idle,
    sessions.push_to_talk,
    sessions.transcription,
    sessions.tool,
    sessions.out_of_band,
    sessions.side_by_side,
    sessions.not_interrupted,
)
_SCRIPTED: Final = (parallel, mcp)
_AT_MOST_PLAIN: Final = 1 << 20
"""Larger files are compressed."""
_CLEAN: Final = """# Clean recordings

Small sessions in which there is nothing to find, with every rule selected. They are what the recordings in
[`../broken`](../broken/README.md) are made from; `python recordings/broken/make.py` makes both anew.

Most were played against the built-in server, with a clock of their own. `parallel`, `mcp`, `translation` and `beta` are
what it does not speak, and were written down event by event; `webrtc` is `spoken` as a data channel has it. Audio is a
tone or silence, in µ-law where that is possible; `spoken` keeps the first 600 ms of the answer, and the tokens that
belong to them.

| file | what happens |
|---|---|
"""
_BROKEN: Final = """# Broken recordings

One recording for each rule, and for each fault of a line by itself, named by its code: `rtcli validate --select SEQ01
recordings/broken/SEQ01.jsonl` finds what the name says. Each is a clean recording with a documented edit, or was made by a client that drives the built-in server
into the fault; then the server's refusal is in it too. *also* names the other codes that follow of necessity, with
every rule selected.

`python recordings/broken/make.py` makes all of them anew, to the byte, and this page. A new rule needs a row in the
module of its family, which `table.py` names: the code, the clean recording in [`../clean`](../clean/README.md) or a
client's script, a sentence that says what was done, and the edits of `edits.py` that do it.

| code | what is wrong | made from | what was done | also |
|---|---|---|---|---|
"""


def clean() -> dict[str, tuple[list[Line], str]]:
    """The clean sessions by name, each with what happens in it."""
    made: dict[str, tuple[list[Line], str]] = {}
    for number, play in enumerate(_DRIVEN, 1):
        call = Call(number, transcription=play is sessions.transcription)
        play(call)
        call.hang_up()
        made[play.__name__] = call.lines, _told(play)
    for number, script in enumerate(_SCRIPTED, 101):
        stage = Scripted(number)
        script(stage)
        stage.hang_up()
        made[script.__name__] = stage.lines, _told(script)
    made["translation"] = translation(), _told(translation)
    made["beta"] = beta(), _told(beta)
    made["webrtc"] = webrtc(copy.deepcopy(made["spoken"][0])), _told(webrtc)
    return made


def _told(play: Callable[..., Any]) -> str:
    return (play.__doc__ or "").partition("\n")[0].rstrip(".")


def broken(row: Row, sound: dict[str, tuple[list[Line], str]]) -> list[Line]:
    """The recording of one row."""
    if row.driven:
        call = Call(sum(row.code.encode()), transcription=row.transcription)
        row.driven(call)
        call.hang_up()
        lines = call.lines
    else:
        lines = copy.deepcopy(sound[row.made_from][0])
    for edit in row.edits:
        edit(lines)
    return lines


def text_of(lines: list[Line]) -> bytes:
    """The file's bytes, written as the recorder writes them."""
    return b"".join(_records(lines))


def _records(lines: list[Line]) -> Iterator[bytes]:
    for line in lines:
        t, sender = line.get("t"), line.get("from")
        if "event" in line:
            yield line_of(Frame(t, sender, msgspec.json.encode(line["event"]).decode()))
        elif "open" in line:
            yield line_of(Open(t, **line["open"]))
        elif "close" in line:
            yield line_of(Close(t, sender, **line["close"]))
        elif "text" in line:
            yield line_of(Frame(t, sender, line["text"]))
        elif "binary" in line:
            yield line_of(Binary(t, sender, line["binary"].encode()))
        elif "raw" in line:
            yield line["raw"].encode()
        else:
            yield header_line(Header(**line))


def write(folder: Path) -> None:
    """Write both folders."""
    sound = clean()
    for name, (lines, _) in sound.items():
        _put(folder / "clean" / f"{name}.jsonl", text_of(lines))
    _put(folder / "clean" / "README.md", _page_of_clean(sound).encode())
    for row in ROWS:
        text = text_of(broken(row, sound))
        if len(text) > _AT_MOST_PLAIN:
            _put(folder / "broken" / f"{row.code}.jsonl.gz", gzip.compress(text, 9, mtime=0))
        else:
            _put(folder / "broken" / f"{row.code}.jsonl", text)
    _put(folder / "broken" / "README.md", _page_of_broken().encode())


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _page_of_clean(sound: dict[str, tuple[list[Line], str]]) -> str:
    return _CLEAN + "".join(f"| `{name}.jsonl` | {told} |\n" for name, (_, told) in sound.items())


def _page_of_broken() -> str:
    known = titles()
    return _BROKEN + "".join(
        f"| {row.code} | {known.get(row.code, '')} | {f'`{row.made_from}`' if row.made_from else 'the built-in server'} "
        f"| {row.done} | {', '.join(row.also)} |\n"
        for row in ROWS
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1])
