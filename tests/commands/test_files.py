"""The files that rtcli makes: their owner's only, never through a link, never over another, under names that are safe."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import stat
import zipfile
from contextlib import asynccontextmanager
from pathlib import Path

import program
import pytest
from chained import RTCLI, rtcli
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

RECORDING = Path(__file__).parents[2] / "recordings" / "spoken.jsonl"
SCRIPT = Path(__file__).parents[2] / "recordings" / "text.jsonl"
WRITING = {
    "filter": "filter {recording} -o {to}.jsonl",
    "cut": "cut {recording} --since 0 -o {to}.jsonl",
    "merge": "merge {recording} {recording} -o {to}.jsonl",
    "redact": "redact {recording} -o {to}.jsonl",
    "recover": "recover {recording} -o {to}.jsonl",
    "mark": "mark {recording} --at 0 note -o {to}.jsonl",
    "convert": "convert {recording} -o {to}.har",
    "report": "report {recording} -o {to}.html",
    "bundle": "bundle {recording} -o {to}.zip",
    "audio": "audio {recording} -o {to}.wav",
    "transcript": "transcript {recording} -o {to}.txt",
    "validate": "validate {recording} -o {to}.txt",
    "connect": "connect demo -x Hello --no-findings -o {to}.jsonl",
    "connect --audio-out": "connect demo -x Hello --no-record --audio-out {to}.wav",
    "replay": "replay {script} --to demo -o {to}.jsonl",
}
REPLACING = {"validate"}
"""A list of findings is written anew by each run, as other tools do it."""

TOLD = dict.fromkeys(WRITING, "wrote") | {"mark": "noted", "connect": "recorded", "replay": "recorded"}


def run(line, to, *more, code=None):
    words = [word.format(recording=RECORDING, script=SCRIPT, to=to) for word in line.split()]
    done = program.run([*RTCLI, *words, *more], capture_output=True, text=True, timeout=120, umask=0)
    assert "Traceback" not in done.stderr, done.stderr
    assert code is None or done.returncode == code, done.stderr
    return done


def made(line, to):
    """The file that the command line writes."""
    return Path(next(word for word in line.split() if word.startswith("{to}")).format(to=to))


@pytest.mark.parametrize("command", WRITING)
def test_a_file_is_its_owners_only_whatever_the_umask_and_is_told_of_in_one_line(tmp_path, command):
    done = run(WRITING[command], tmp_path / "new", code=0)
    path = made(WRITING[command], tmp_path / "new")
    assert [line.split()[:2] for line in done.stderr.splitlines() if str(path) in line] == [["rtcli:", TOLD[command]]]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path], "nothing is left beside it"


@pytest.mark.parametrize("command", ["filter", "convert", "recover"])
def test_of_what_goes_into_a_pipe_nothing_is_said(tmp_path, command):
    line = " ".join("-" if "{to}" in word else word for word in WRITING[command].split())
    assert run(f"{line} --to rtcli" if command == "convert" else line, tmp_path, code=0).stderr == ""


@pytest.mark.parametrize("command", [name for name in WRITING if name not in REPLACING])
def test_a_file_that_is_there_stays_unless_it_is_said_otherwise(tmp_path, command):
    path = made(WRITING[command], tmp_path / "old")
    path.write_text("precious")
    done = run(WRITING[command], tmp_path / "old", code=2)
    assert "exists already" in done.stderr
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("dangling", [False, True])
@pytest.mark.parametrize("command", WRITING)
def test_nothing_is_written_through_a_symbolic_link(tmp_path, command, dangling):
    target = tmp_path / "elsewhere"
    if not dangling:
        target.write_text("precious")
    link = made(WRITING[command], tmp_path / "link")
    link.symlink_to(target)
    more = [] if command in REPLACING else ["--overwrite"]
    done = run(WRITING[command], tmp_path / "link", *more)
    assert done.returncode in {2, 3}, done.stderr
    assert "symbolic link" in done.stderr
    assert link.is_symlink()
    assert (not target.exists()) if dangling else target.read_text() == "precious"


# --- names that a peer chooses -----------------------------------------------------------------

HOSTILE = {
    "up": "../../../../tmp/evil",
    "absolute": "/tmp/evil",
    "backslashes": "..\\..\\evil",
    "NUL": "evil\x00.jsonl",
    "newline": "evil\nrtcli: all is well",
    "escape": "\x1b]0;evil\x07\x1b[2J",
    "bidi": "evil\u202elnosj.exe",
    "long": "x" * 10_000,
    "option": "-rf",
    "dots": "..",
    "reserved": "CON",
    "reserved too": "NUL.txt",
    "drive": "C:evil",
    "stream": "evil:ads",
    "quotes": "$(touch evil)`touch evil`;'\"|&",
    "home": "~root",
    "surrogate": "\\ud800",
    "empty": "",
}
RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{name}{number}" for name in ("COM", "LPT") for number in range(10))}
"""Source: Microsoft, Naming Files, Paths, and Namespaces."""


def is_safe(name):
    """Whether a name is one on every system, and cannot be taken for anything else."""
    stem = name.split(".")[0]
    return (
        len(name.encode()) <= 150
        and all(letter.isascii() and (letter.isalnum() or letter in "-_.") for letter in name)
        and not name.startswith(("-", ".", "~"))
        and ".." not in name
        and stem.upper() not in RESERVED
    )


def created(session_id):
    session = {"type": "realtime", "object": "realtime.session", "id": "@", "model": "gpt-realtime"}
    text = json.dumps({"type": "session.created", "event_id": "e1", "session": session})
    written = f'"{session_id}"' if session_id.startswith("\\ud") else json.dumps(session_id)
    return text.replace('"@"', written)


@asynccontextmanager
async def naming():
    """A server that calls a session as the last part of its address says, and closes."""

    async def talk(connection):
        await connection.send(created(HOSTILE[connection.request.path.rpartition("/")[2].replace("-", " ")]))
        await asyncio.sleep(0.02)
        await connection.close()

    async with serve(talk, "127.0.0.1", 0, compression=None) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def files_below(folder):
    return [path for path in folder.rglob("*") if not path.is_dir()]


def are_safe_recordings(folder, count):
    """So many files were made, in a folder of their own, and nothing else."""
    paths = [path for path in files_below(folder) if path.suffix == ".jsonl"]
    assert len(paths) == count
    for path in paths:
        assert path.parent == folder / "recordings"
        assert is_safe(path.name), path.name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "session.created" in path.read_text()
    assert stat.S_IMODE((folder / "recordings").stat().st_mode) == 0o700


def test_a_proxys_files_have_safe_names_whatever_the_sessions_are_called(tmp_path):
    async def hold():
        async with naming() as origin:
            with rtcli(tmp_path, "proxy", origin, "--listen", "127.0.0.1:0") as (process, base):
                for name in HOSTILE:
                    async with connect(f"{base}/{name.replace(' ', '-')}", compression=None) as client:
                        with pytest.raises(ConnectionClosed):
                            while True:
                                await client.recv()
                process.interrupt()
                await asyncio.to_thread(process.leaves)
                assert "\x1b" not in process.said
                assert "Traceback" not in process.said

    asyncio.run(hold())
    are_safe_recordings(tmp_path, len(HOSTILE))


@pytest.mark.parametrize("command", ["connect", "replay"])
def test_a_clients_file_has_a_safe_name_whatever_the_session_is_called(tmp_path, command):
    async def one(origin, name):
        url = f"{origin}/{name.replace(' ', '-')}"
        words = [url] if command == "connect" else [str(SCRIPT), "--to", url, "--wait", "1"]
        line = [*RTCLI, command, *words]
        done = await asyncio.to_thread(program.run, line, cwd=tmp_path, capture_output=True, timeout=60, umask=0)
        assert b"Traceback" not in done.stderr, done.stderr
        assert b"\x1b" not in done.stderr + done.stdout

    async def hold():
        async with naming() as origin:
            for name in tried:
                await one(origin, name)

    tried = ("up", "NUL", "newline", "long", "dots", "reserved", "surrogate")
    asyncio.run(hold())
    are_safe_recordings(tmp_path, len(tried))


def call_with(item_ids):
    """A recording in which each of these items says a tenth of a second."""
    yield {"rtcli": 1, "transport": "websocket", "handshake": True, "lossless": True}
    yield {"t": 0.0, "from": "server", "event": json.loads(created("sess_1"))}
    audio = base64.b64encode(bytes(4800)).decode()
    for at, item_id in enumerate(item_ids, 1):
        common = {"response_id": f"resp_{at}", "item_id": item_id, "output_index": 0, "content_index": 0}
        delta = {"type": "response.output_audio.delta", "event_id": f"a{at}", **common, "delta": audio}
        yield {"t": float(at), "from": "server", "event": delta}
        done = {"type": "response.output_audio.done", "event_id": f"d{at}", **common}
        yield {"t": at + 0.5, "from": "server", "event": done}


def test_the_files_of_items_have_safe_names_whatever_the_items_are_called(tmp_path):
    recording = tmp_path / "call.jsonl"
    item_ids = [one for one in HOSTILE.values() if not one.startswith("\\ud")]
    recording.write_text("".join(json.dumps(line) + "\n" for line in call_with(item_ids)))
    folder = tmp_path / "deep" / "items"
    done = run(f"audio {recording} --per-item {folder}", "", code=None)
    assert done.returncode in {0, 3}, done.stderr
    names = os.listdir(folder)
    assert len(names) == len(item_ids)
    assert [name for name in names if not is_safe(name)] == []
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in names} == {0o600}
    assert sorted(files_below(tmp_path)) == sorted([recording, *(folder / name for name in names)])
    (folder / names[0]).write_text("precious")
    assert run(f"audio {recording} --per-item {folder}", "").returncode == 2
    assert (folder / names[0]).read_text() == "precious"


@pytest.mark.parametrize("name", ["..jsonl", "-rf.jsonl", "a\nb.jsonl", "\x1b[2J.jsonl", "CON.jsonl", "ü\u202e.jsonl"])
def test_the_names_in_an_archive_are_safe_whatever_the_recordings_are_called(tmp_path, name):
    recording = tmp_path / name
    recording.write_bytes(RECORDING.read_bytes())
    archive = tmp_path / "ticket.zip"
    done = program.run([*RTCLI, "bundle", "-o", archive, "--", recording], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    with zipfile.ZipFile(archive) as packed:
        for member in packed.namelist():
            assert all(is_safe(part) for part in Path(member).parts), member
