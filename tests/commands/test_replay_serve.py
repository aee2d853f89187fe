"""``rtcli replay --serve`` and ``--to``: real clients and real servers, over sockets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic

import program
import pytest
from performed import FOLDER, OURS, body_of, name_of, said_by, script_of
from recorded import found_in, serving_recorded
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from rtcli.links.replay_server import Plan, serving_script
from rtcli.links.server import serving
from rtcli.recording import Close
from rtcli.script.faults import fault_of
from rtcli.script.performance import Manner, Script
from rtcli.standin import voice

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("RTCLI_")} | {"NO_COLOR": "1"}
HELLO = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello!"}]}
TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "Look up the weather for a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


# --- the same client, live and against its recording ------------------------------------------------


@asynccontextmanager
async def replayed(path, outcomes, **options):
    """The URL of a recording that is served; the outcomes are there when it is over."""
    manner = Manner(timing=options.pop("timing", "fast"), unmatched=options.pop("unmatched", "wait"))
    script = path if isinstance(path, Script) else script_of(path)
    plan = Plan(manner=manner, **options)
    async with serving_script(script, lambda _, outcome: outcomes.append(outcome), plan) as url:
        yield f"{url}/v1/realtime"


def live_and_again(client, path, **options):
    """What a client heard of the built-in server, then of the recording, and how it kept to the recording."""

    async def both():
        async with serving_recorded(into=path) as url:
            live = await asyncio.wait_for(client(url), 20)
        outcomes = []
        async with replayed(path, outcomes, **options) as url:
            again = await asyncio.wait_for(client(url), 20)
        return live, again, outcomes

    live, again, (outcome,) = asyncio.run(both())
    return live, again, outcome


async def official(url):
    """The official client: a tool turn in writing, then a spoken turn; gives transcripts and the audio's hash."""
    from openai import AsyncOpenAI

    words, audio = [], hashlib.sha256()
    async with AsyncOpenAI(api_key="none", websocket_base_url=url.removesuffix("/realtime")) as client:
        async with client.realtime.connect(model="gpt-realtime") as connection:

            async def answer():
                async for event in connection:
                    assert event.type != "error", event
                    if event.type in {"response.output_text.done", "response.output_audio_transcript.done"}:
                        words.append(getattr(event, "text", None) or event.transcript)
                    if event.type == "response.output_audio.delta":
                        audio.update(base64.b64decode(event.delta))
                    if event.type == "response.done":
                        return event.response
                raise AssertionError("it ended before the answer")

            await connection.session.update(
                session={"type": "realtime", "tools": [TOOL], "output_modalities": ["text"]}
            )
            question = {**HELLO, "content": [{"type": "input_text", "text": "What is the weather in London?"}]}
            await connection.conversation.item.create(item=question)
            await connection.response.create()
            call = (await answer()).output[0]
            output = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
            await connection.conversation.item.create(item=output)
            await connection.response.create()
            await answer()
            await connection.session.update(session={"type": "realtime", "tools": [], "output_modalities": ["audio"]})
            speech = bytes(48 * 300) + voice.user("hello").pcm16 + bytes(48 * 1200)
            for start in range(0, len(speech), 9600):
                await connection.input_audio_buffer.append(
                    audio=base64.b64encode(speech[start : start + 9600]).decode()
                )
            await answer()
    return words, audio.hexdigest()


def test_the_official_client_hears_the_same_of_its_recording(tmp_path):
    live, again, outcome = live_and_again(official, tmp_path / "call.jsonl")
    assert live == again
    assert live[0] == ["Here is what I found: sunny", voice.model("hear").text]
    assert live[1] == hashlib.sha256(voice.model("hear").pcm16).hexdigest()
    assert not outcome.diverged


def get_weather(city: str) -> str:
    """Look up the weather for a city."""
    return f"It is foggy in {city}."


async def agents(url):
    """openai-agents: it holds every event against strict models, runs the tool and answers by itself."""
    from agents import function_tool
    from agents.realtime import RealtimeAgent, RealtimeRunner

    agent = RealtimeAgent(name="assistant", instructions="Be brief.", tools=[function_tool(get_weather)])
    settings = {"model_name": "gpt-realtime", "modalities": ["audio"]}
    runner = RealtimeRunner(agent, config={"model_settings": settings, "tracing_disabled": True})
    config = {"url": url, "api_key": "none", "initial_model_settings": settings}
    words, audio, turns = [], hashlib.sha256(), 2
    async with await runner.run(model_config=config) as call:
        await call.send_message("What is the weather in London?")
        async for event in call:
            assert event.type != "error", event
            raw = getattr(event, "data", None)
            if event.type == "audio":
                audio.update(event.audio.data)
            if event.type != "raw_model_event":
                continue
            if raw.type == "raw_server_event" and raw.data["type"] == "response.output_audio_transcript.done":
                words.append(raw.data["transcript"])
            turns -= raw.type == "turn_ended"
            if not turns:
                return words, audio.hexdigest()
    raise AssertionError("it ended before the answer")


def test_openai_agents_hears_the_same_of_its_recording(tmp_path):
    live, again, outcome = live_and_again(agents, tmp_path / "call.jsonl")
    assert live == again
    assert live[0]
    assert not outcome.diverged


# --- clients by hand ---------------------------------------------------------------------------------


async def until(client, last):
    """The events up to and including one of this type."""
    events = []
    while not events or events[-1]["type"] != last:
        events.append(json.loads(await asyncio.wait_for(client.recv(), 10)))
    return events


async def say(client, *bodies):
    for body in bodies:
        await client.send(json.dumps(body))


def text_events(**changes):
    """What the client of ``text.jsonl`` sends, with changes to the item and to the request."""
    update, create, request = (step.body for step in script_of(FOLDER / "text.jsonl").expected)
    item = {**create["item"], **changes.get("item", {})}
    return [update, {**create, "item": item}, {**request, **changes.get("request", {})}]


def on(path, act, **options):
    """Let a client act on a recording that is served; gives what it gives, and how it kept to the recording."""

    async def hold():
        outcomes = []
        async with replayed(path, outcomes, **options) as url, connect(url) as client:
            result = await act(client)
        return result, outcomes

    result, (outcome,) = asyncio.run(hold())
    return result, outcome


def test_a_client_gets_its_own_item_ids_and_metadata_back():
    async def act(client):
        metadata = {"metadata": {"client_event_id": "mine_2"}}
        await say(client, *text_events(item={"id": "mine_1"}, request={"response": metadata}))
        return await until(client, "response.done")

    events, outcome = on(FOLDER / "text.jsonl", act)
    added = [event for event in events if event["type"] == "conversation.item.added"]
    assert added[0]["item"]["id"] == added[1]["previous_item_id"] == "mine_1"
    assert events[-1]["response"]["metadata"] == {"client_event_id": "mine_2"}
    assert not outcome.diverged


def test_several_clients_at_once_each_hear_it_from_the_start():
    async def act(url):
        async with connect(url) as client:
            await say(client, *text_events())
            return await until(client, "response.done")

    async def hold():
        outcomes = []
        async with replayed(FOLDER / "text.jsonl", outcomes) as url:
            heard = await asyncio.gather(*(act(url) for _ in range(5)))
        return heard, outcomes

    heard, outcomes = asyncio.run(hold())
    assert all(events == heard[0] for events in heard)
    assert [outcome.diverged for outcome in outcomes] == [False] * 5


OTHERWISE = {"type": "conversation.item.create", "item": {**HELLO, "content": [{"type": "input_text", "text": "Eh?"}]}}


def test_a_client_that_leaves_the_script_gets_no_answer():
    async def act(client):
        await say(client, OTHERWISE, *text_events())
        return [event["type"] for event in await until(client, "response.done")]

    types, outcome = on(FOLDER / "text.jsonl", act, unmatched="wait")
    assert types.count("conversation.item.added") == 2, "the question and the answer"
    assert [one.type for one in outcome.unmatched] == ["conversation.item.create"]


def test_or_the_recorded_answer_to_another_question():
    async def act(client):
        update, _, request = text_events()
        await say(client, update, OTHERWISE, request)
        return await until(client, "response.done")

    events, outcome = on(FOLDER / "text.jsonl", act, unmatched="skip")
    assert events[-1]["response"]["status"] == "completed"
    assert (outcome.skipped, outcome.missing) == (1, [])


def test_or_an_error():
    async def act(client):
        await say(client, OTHERWISE)
        return await until(client, "error")

    events, outcome = on(FOLDER / "text.jsonl", act, unmatched="error")
    assert events[-1]["error"]["code"] == "not_in_recording"
    assert outcome.diverged


def test_or_the_built_in_server():
    async def act(client):
        await say(client, *text_events())
        await until(client, "response.done")
        story = {**HELLO, "content": [{"type": "input_text", "text": "Please tell me a story."}]}
        await say(client, {"type": "conversation.item.create", "item": story}, {"type": "response.create"})
        return await until(client, "response.output_text.delta")

    events, _ = on(FOLDER / "text.jsonl", act, unmatched="standin")
    assert events[-1]["delta"] == "Once"


def test_the_recorded_close_comes_too(tmp_path):
    path = tmp_path / "closed.jsonl"
    path.write_text(
        '{"t":0,"from":"server","event":{"type":"session.created","event_id":"e","session":{}}}\n'
        '{"t":0.01,"from":"server","close":{"code":4000,"reason":"that was all"}}\n'
    )

    async def act(client):
        await until(client, "session.created")
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
        return closed.value.rcvd

    frame, _ = on(path, act)
    assert (frame.code, frame.reason) == (4000, "that was all")


@pytest.mark.parametrize("code", ["null", "1006", "77"])
def test_a_close_whose_code_cannot_be_sent_has_none(tmp_path, code):
    path = tmp_path / "closed.jsonl"
    path.write_text('{"t":0,"from":"server","close":{"code":%s,"reason":"x"}}\n' % code)

    async def act(client):
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
        return closed.value.rcvd.code

    assert on(path, act)[0] == 1005, "what a WebSocket says where there was none"


def test_a_client_that_vanishes_is_reported():
    async def act(client):
        await until(client, "session.created")
        client.transport.abort()

    _, outcome = on(FOLDER / "text.jsonl", act)
    assert [one.type for one in outcome.missing] == ["session.update", "conversation.item.create", "response.create"]


# --- trouble on purpose ------------------------------------------------------------------------------


def troubled(*words, seed=3, last="response.done"):
    """The types that a client of ``text.jsonl`` hears, until something or the end of the connection."""

    async def act(client):
        await say(client, *text_events())
        types = []
        try:
            while last not in types:
                body = body_of(await asyncio.wait_for(client.recv(), 10))
                types.append(body.get("type", "malformed"))
        except ConnectionClosed as closed:
            types.append(closed.rcvd.code if closed.rcvd else "vanished")
        return types

    return on(FOLDER / "text.jsonl", act, faults=[fault_of(word) for word in words], seed=seed)[0]


WHOLE = [
    step.type for step in said_by(script_of(FOLDER / "text.jsonl"), "server") if not isinstance(step.content, Close)
]
WHOLE = WHOLE[: WHOLE.index("response.done") + 1]


def test_events_are_dropped_the_same_ones_with_the_same_seed():
    some = troubled("drop=30%", "close@1s=1000")
    assert some == troubled("drop=30%", "close@1s=1000")
    assert len(some) < len(WHOLE)


def test_events_are_sent_twice_or_cut_off():
    assert troubled("duplicate=100%")[:4] == ["session.created"] * 2 + ["session.updated"] * 2
    assert "malformed" in troubled("malformed=100%", "close@300ms=1000")


@pytest.mark.parametrize("word", ["delay=100ms", "jitter=50ms", "stall@0s=200ms"])
def test_events_come_late_and_whole(word):
    began = monotonic()
    assert troubled(word) == WHOLE
    assert monotonic() - began >= (0.0 if word.startswith("jitter") else 0.1)


def test_a_response_runs_into_a_limit():
    types = troubled("rate-limit")
    assert types[-2:] == ["response.created", "response.done"]


@pytest.mark.parametrize(
    ("word", "end"), [("close@100ms=1011", 1011), ("close@100ms=4000", 4000), ("vanish@100ms", "vanished")]
)
def test_a_connection_ends_before_its_time(word, end):
    assert troubled(word, last="never")[-1] == end


def test_the_built_in_server_makes_trouble_too():
    async def hold():
        async with serving(faults=[fault_of("close@100ms=1013")], seed=1) as url, connect(url) as client:
            await until(client, "session.created")
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(client.recv(), 10)
            return closed.value.rcvd.code

    assert asyncio.run(hold()) == 1013


# --- the command ---------------------------------------------------------------------------------------


def rtcli(*arguments, code=0, folder=None, **environment):
    command = [sys.executable, "-m", "rtcli", *map(str, arguments)]
    done = program.run(command, capture_output=True, text=True, timeout=60, cwd=folder, env=ENVIRONMENT | environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done


@contextmanager
def serving_command(*arguments):
    """The command with ``--serve`` on a free port, and its first line."""
    command = [sys.executable, "-m", "rtcli", "replay", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


async def visit(url, *bodies, last):
    async with connect(url) as client:
        await say(client, *bodies)
        return await until(client, last)


def test_once_it_ends_with_the_first_client_and_says_how_it_went():
    recording = FOLDER / "text.jsonl"
    with serving_command(recording, "--serve", "127.0.0.1:0", "--once", "--timing", "fast") as (process, url):
        asyncio.run(visit(url, *text_events(), last="rate_limits.updated"))
        said, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "it kept to the script" in said
    assert "3 of 3 client events matched, 21 of 21 server events sent" in said


def test_once_it_ends_with_one_where_the_client_left_the_script_and_shows_both_lines():
    with serving_command(FOLDER / "text.jsonl", "--serve", "127.0.0.1:0", "--once") as (process, url):
        asyncio.run(visit(url, OTHERWISE, last="session.created"))
        said, _ = process.communicate(timeout=10)
    assert process.returncode == 1
    recorded, came = (next(line for line in said.splitlines() if word in line) for word in ("recorded ", "came "))
    assert "line 4: " in recorded
    assert '"session.update"' in recorded
    assert "frame 1: " in came
    assert "Eh?" in came


def test_a_program_gets_json_lines():
    with serving_command(FOLDER / "text.jsonl", "--serve", "127.0.0.1:0", "--once", "--json") as (process, line):
        begun = json.loads(line)
        asyncio.run(visit(begun["url"], OTHERWISE, last="session.created"))
        said, _ = process.communicate(timeout=10)
    report = json.loads(said)
    assert begun["schema"] == report["schema"] == "rtcli.replay/1"
    assert report["diverged"] is True
    assert report["first_divergence"]["expected"]["type"] == "session.update"
    assert report["first_divergence"]["came"]["type"] == "conversation.item.create"
    assert report["expected"] == 3
    assert len(report["missing"]) == 3


def test_it_stops_when_it_is_told_to():
    with serving_command(FOLDER / "text.jsonl", "--serve", "127.0.0.1:0") as (process, url):
        assert url.startswith("ws://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=10)
    assert (process.returncode, said) == (0, "")


def to_demo(path, folder):
    new = folder / path.name
    command = [sys.executable, "-m", "rtcli", "replay", str(path), "--to", "demo", "-o", str(new)]
    return new, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)


@pytest.fixture(scope="module", autouse=True)
def sending_again(tmp_path_factory):
    """Every recording of this project on its way to the built-in server, while the other tests run."""
    folder = tmp_path_factory.mktemp("again")
    running = {path: to_demo(path, folder) for path in OURS}
    yield running
    for _, process in running.values():
        process.kill()
        process.communicate()


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_a_recorded_client_holds_its_conversation_again(path, sending_again):
    new, process = sending_again[path]
    said, complaint = process.communicate(timeout=60)
    assert process.returncode == 0, said + complaint
    assert found_in(new) == []
    if path.stem != "interruption":  # how much was said before the user broke in depends on the moment
        assert said.startswith("the same: ")
    assert str(new) in complaint


def test_what_differs_is_said_with_the_first_divergence(tmp_path):
    path = tmp_path / "odd.jsonl"
    lines = (FOLDER / "text.jsonl").read_text().splitlines(keepends=True)
    extra = (
        '{"t":0.5,"from":"server","event":{"type":"conversation.item.deleted","event_id":"e","item_id":"nothing"}}\n'
    )
    path.write_text("".join([*lines[:-2], extra, *lines[-2:]]))
    done = rtcli("replay", path, "--to", "demo", "--wait", "0.5", "-o", tmp_path / "new.jsonl", code=1)
    assert f"first divergence: conversation.item.deleted of line {len(lines) - 1} did not come" in done.stdout
    done = rtcli("replay", path, "--to", "demo", "--wait", "0.5", "--json", folder=tmp_path, code=1)
    report = json.loads(done.stdout)
    assert report["schema"] == "rtcli.replay/1"
    assert report["first_divergence"]["type"] == "conversation.item.deleted"
    assert report["comparison"]["same"] is False
    assert Path(tmp_path / report["recording"]).parent.name == "recordings"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--serve", "--to", "demo"), "contradicts --to"),
        (("--serve", "127.0.0.1:0", "--speed", "2"), "--speed: it makes no sense with --serve"),
        (("--serve", "127.0.0.1:0", "-o", "x.jsonl"), "--output: it makes no sense with --serve"),
        (("--to", "demo", "--loop"), "--loop: it makes no sense with --to"),
        (("--to", "demo", "--fault", "drop=5%"), "--fault: it makes no sense with --to"),
        (("--once",), "--once: it makes no sense without --serve"),
        (("--timing", "fast"), "--timing: it makes no sense without --serve or --to"),
        (("--serve", "0.0.0.0:0"), "--allow-remote"),
        (("--serve", "127.0.0.1:0", "--fault", "rain"), "is no fault"),
        (("--to", "nowhere"), "is no target"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(arguments, why):
    done = rtcli("replay", FOLDER / "text.jsonl", *arguments, code=2)
    assert why in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_recording_that_would_be_overwritten_is_not(tmp_path):
    there = tmp_path / "there.jsonl"
    there.write_text("mine")
    done = rtcli("replay", FOLDER / "text.jsonl", "--to", "demo", "-o", there, code=2)
    assert "exists already; replace it with --overwrite" in done.stderr
    assert there.read_text() == "mine"


def test_a_server_that_is_not_there_is_said_in_one_line(tmp_path):
    done = rtcli("replay", FOLDER / "text.jsonl", "--to", "ws://127.0.0.1:9/x", "-o", tmp_path / "new.jsonl", code=2)
    assert done.stderr.startswith("rtcli: cannot connect to ws://127.0.0.1:9/x")
    assert not (tmp_path / "new.jsonl").exists()


@pytest.mark.parametrize("order", [("--serve", "{file}"), ("{file}", "--serve"), ("{file}", "--serve", "--once")])
def test_the_address_may_be_left_out(order):
    arguments = [word.format(file=FOLDER / "text.jsonl") for word in order]
    done = rtcli("replay", *arguments, "--unmatched", "never", code=2)
    assert "never" in done.stderr, "the file and the options were understood"
    assert "--serve" not in done.stderr


def test_the_first_interrupt_closes_the_connection_and_leaves_a_whole_file(tmp_path):
    new = tmp_path / "new.jsonl"
    command = [
        sys.executable,
        "-m",
        "rtcli",
        "replay",
        str(FOLDER / "interruption.jsonl"),
        "--to",
        "demo",
        "-o",
        str(new),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    deadline = monotonic() + 20
    while not (new.exists() and b"append" in new.read_bytes()):
        assert monotonic() < deadline, "nothing was sent"
    process.send_signal(signal.SIGINT)
    said, complaint = process.communicate(timeout=20)
    assert process.returncode == 1, complaint
    assert "first divergence: " in said
    assert found_in(new) == []
    assert json.loads(new.read_text().splitlines()[-1])["close"] == {"code": 1000, "reason": ""}


PRESSED_WHILE_THE_FILE_IS_CLOSED = """
import os, signal
from rtcli.__main__ import main
from rtcli.formats.writer import Writer

def close(writer, close=Writer.close):
    os.kill(os.getpid(), signal.SIGINT)
    close(writer)

Writer.close = close
main()
"""


@pytest.mark.parametrize(
    "arguments", [["replay", FOLDER / "text.jsonl", "--to", "demo"], ["connect", "demo", "-x", "Hi"]]
)
def test_an_interrupt_behind_the_end_of_a_call_does_not_keep_back_where_its_recording_is(tmp_path, arguments):
    new = tmp_path / "new.jsonl"
    command = [sys.executable, "-c", PRESSED_WHILE_THE_FILE_IS_CLOSED, *arguments, "-o", new]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("rtcli: recorded ")
    assert found_in(new) == []


def test_faults_may_stand_in_the_environment():
    done = rtcli("serve", RTCLI_FAULT="delay=1s rain", code=2)
    assert "'rain' is no fault" in done.stderr
    done = rtcli("serve", "--fault", "drop", code=2)
    assert "does not say how often" in done.stderr


@pytest.mark.parametrize(("options", "model"), [((), "gpt-realtime-mini"), (("--model", "other"), "other")])
def test_the_recorded_model_is_asked_for_again_unless_another_is_named(tmp_path, options, model):
    path, new = tmp_path / "call.jsonl", tmp_path / "new.jsonl"
    path.write_text(
        (FOLDER / "text.jsonl").read_text().replace('/v1/realtime"', '/v1/realtime?model=gpt-realtime-mini"', 1)
    )
    command = [sys.executable, "-m", "rtcli", "replay", str(path), "--to", "demo", "-o", str(new), *options]
    program.run(command, capture_output=True, timeout=60, env=ENVIRONMENT)
    created = next(step.body for step in script_of(new).steps if step.type == "session.created")
    assert created["session"]["model"] == model
