"""What the benchmarks say is so: of recordings in order, of bytes that came through, of goals that are met."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from rtcli.events import Listener
from rtcli.formats import read
from rtcli.rules import RULES, Check

ROOT = Path(__file__).parents[1]
SESSIONS = 4


@pytest.fixture(scope="module", autouse=True)
def benchmarks():
    """The package, which is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT)
        yield


@pytest.fixture
def bench():
    """Starts a program of the benchmarks, and ends it."""
    started = []

    def start(module, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{module}", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("mix", ["audio_heavy", "text_heavy"])
def test_no_rule_finds_anything_in_the_recordings_to_measure_with(mix, tmp_path):
    from benchmarks import corpus

    path = getattr(corpus, mix)(2_000_000, folder=tmp_path)
    listener = Listener()
    check = Check(RULES, listener)
    assert list(check.run(read(path, listener))) == []
    assert check.events > 400


def test_the_same_seed_makes_the_same_recording_and_another_seed_another(tmp_path):
    from benchmarks.corpus import text_heavy

    first, again, other = (
        text_heavy(20_000, seed, tmp_path / name).read_bytes() for seed, name in ((1, "a"), (1, "b"), (2, "c"))
    )
    assert first == again
    assert first != other


def test_of_a_damaged_copy_every_event_has_a_finding_and_of_a_strange_one_only_remarks(tmp_path):
    from benchmarks.corpus import text_heavy
    from benchmarks.damage import every_line_bad, every_line_strange

    path = text_heavy(20_000, folder=tmp_path)
    events = sum(b'"event":' in line for line in path.read_bytes().splitlines())

    def found(copy):
        command = [sys.executable, "-m", "rtcli", "validate", copy, "--select", "SCH", "--output-format", "json-lines"]
        lines = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
        return [finding for finding in map(json.loads, lines) if "line" in finding]

    bad = found(every_line_bad(path))
    assert {finding["severity"] for finding in bad} == {"error"}
    assert len({finding["line"] for finding in bad}) == events
    assert {finding["severity"] for finding in found(every_line_strange(path))} == {"info"}


@pytest.mark.parametrize(
    ("figure", "goal", "met"),
    [
        (1.5, "≤ 1.5×", True),
        (1.51, "≤ 1.5×", False),
        (0.9, "≥ 0.9× its speed", True),
        (1 / 16, "≤ 1/15 its memory", True),
        (1 / 14, "≤ 1/15 its memory", False),
        (1.0, "< 1×", False),
        (0, "≤ 0", True),
        (7.0, "", None),
        (None, "≥ 1.8×", None),
    ],
)
def test_a_goal_is_met_or_missed_by_its_own_words(figure, goal, met):
    from benchmarks.table import Row

    assert Row("it", figure=figure, goal=goal).met is met


def test_a_row_shows_median_spread_ratio_goal_and_verdict():
    from benchmarks.table import Row, line

    words = line(Row("orjson", [0.2, 0.5, 0.3], "s", 0.04, "≥ 1/15 its speed")).split()
    assert words == ["orjson", "300", "ms", "300", "ms", "1/25", "≥", "1/15", "its", "speed", "missed"]


def test_a_ratio_is_taken_within_each_round_of_those_in_which_both_ran():
    from benchmarks.table import quotient

    assert quotient([2, 30, 4], [1, 10, 2]) == 2
    assert quotient([6], [2, 1000]) == 3
    assert quotient([6], [-0.1]) is None


def test_a_process_is_measured_by_itself():
    from benchmarks.rounds import Failed, Launcher, Progress

    eat = "import time; it = bytearray(50_000_000); until = time.process_time() + .2\nwhile time.process_time() < until: pass"
    with Launcher(Progress()) as launcher:
        idle = launcher.run([sys.executable, "-c", "import time; time.sleep(.2)"])
        busy = launcher.run([sys.executable, "-c", eat])
        with pytest.raises(Failed, match="left with 3"):
            launcher.run([sys.executable, "-c", "raise SystemExit(3)"])
    assert idle.wall_s >= 0.2 > idle.cpu_s
    assert busy.cpu_s >= 0.2
    assert 40 < busy.peak_mib - idle.peak_mib < 60
    assert idle.peak_mib < 30


def test_a_crowd_counts_its_frames_and_misses_those_that_are_lost(bench):
    crowd = bench("crowd")
    url = crowd.stdout.readline().strip()

    def asked(url, **more):
        asking = {"url": url, "sessions": SESSIONS, "seconds": 1.5, "pem": None, "pid": os.getpid(), **more}
        crowd.stdin.write(json.dumps(asking) + "\n")
        crowd.stdin.flush()
        return json.loads(crowd.stdout.readline())

    direct = asked(url)
    assert direct["lost"] == 0
    assert 2 * SESSIONS <= direct["sent"] <= direct["due"] == SESSIONS * 2 * 50 * 1.5
    with _losing(url) as lossy:
        assert asked(lossy, drain_s=0.2)["lost"] >= SESSIONS


@contextmanager
def _losing(url):
    """A relay that hands on what it gets, but for all that an app sends beyond a few frames."""
    with ExitStack() as stack, ThreadPoolExecutor(1 + 2 * SESSIONS) as pool:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

        def pump(source, to, most):
            while got := source.recv(1 << 16):
                to.sendall(got[:most])
                most = max(0, most - len(got))
            to.shutdown(socket.SHUT_WR)

        def pair():
            for _ in range(SESSIONS):
                app = stack.enter_context(listening.accept()[0])
                server = stack.enter_context(socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))))
                pool.submit(pump, app, server, 10_000)
                pool.submit(pump, server, app, 1 << 30)

        pool.submit(pair)
        yield f"ws://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc")
def test_the_relay_in_c_hands_on_every_byte_both_ways(tmp_path, bench):
    subprocess.run(["gcc", "-Wall", "-Werror", "-o", tmp_path / "relay", ROOT / "benchmarks/relay.c"], check=True)
    crowd = bench("crowd")
    port = crowd.stdout.readline().strip().rpartition(":")[2]
    with subprocess.Popen([tmp_path / "relay", port], stdout=subprocess.PIPE, text=True) as relay:
        try:
            asking = {
                "url": relay.stdout.readline().strip(),
                "sessions": SESSIONS,
                "seconds": 0.5,
                "pem": None,
                "pid": None,
            }
            crowd.stdin.write(json.dumps(asking) + "\n")
            crowd.stdin.flush()
            result = json.loads(crowd.stdout.readline())
        finally:
            relay.kill()
    assert result["lost"] == 0
    assert result["sent"] >= SESSIONS * 2


def test_the_pump_and_the_floods_bring_as_many_frames_as_were_asked_for(bench):
    from benchmarks.proxying import frames_a_second, trip_us

    origin = bench("upstream").stdout.readline().strip()
    pumped = bench("pump", origin).stdout.readline().strip()
    for url in (origin, pumped):
        assert frames_a_second(url, 200, 1000) > 0
        assert trip_us(url, 20) > 0


def test_the_block_of_readme_is_replaced_and_the_rest_is_not(tmp_path):
    from benchmarks import readme

    page = tmp_path / "README.md"
    page.write_text("# it\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nmore\n")
    readme.write(page, "new \\1 table")
    assert (
        page.read_text()
        == "# it\n<!-- measured: begin -->\n```text\nnew \\1 table\n```\n<!-- measured: end -->\nmore\n"
    )
    page.write_text("# it\n")
    with pytest.raises(ValueError, match="0 places"):
        readme.write(page, "table")


def test_the_page_has_a_place_for_the_table():
    from benchmarks import readme

    assert len(readme.BLOCK.findall((ROOT / "README.md").read_text())) == 1


def test_an_unknown_part_is_refused_with_those_that_there_are():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "speed"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "there is no part speed; there are start, validate" in done.stderr


def test_a_peer_that_cannot_be_had_is_said_and_left_out(tmp_path, monkeypatch):
    from benchmarks import peers
    from benchmarks.rounds import Progress

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(peers, "NODE", tmp_path)
    having = peers.Peers(Progress())
    assert [having.jq, having.relay, having.wscat, having.sourcemeta] == [None] * 4
    assert having.missing == {
        "jq": "it is not installed on this system",
        "C relay": "there is no C compiler",
        "wscat": "there is no npm",
        "@sourcemeta/jsonschema": "there is no npm",
    }
