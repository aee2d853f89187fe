"""HAR archives in Chromium: what its page exports, and what its DevTools import and export again."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from written import read_back, taken

from rtcli.formats import Reading
from rtcli.formats.har import HAR
from rtcli.formats.har_writer import Har
from rtcli.formats.rtcli import record_of
from rtcli.links.server import serving
from rtcli.links.visitors import Visitors
from rtcli.recording import Frame, Header

CHROMIUM = Path("/usr/bin/chromium")
TOOL = Path(__file__).parents[2] / "recordings/tool.jsonl"

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium")

TALK = """async (url) => {
  const received = [], protocols = ["realtime", "openai-insecure-api-key.sk-planted"];
  const socket = new WebSocket(url + "?model=gpt-realtime", protocols);
  await new Promise((open, failed) => { socket.onopen = open; socket.onerror = failed; });
  const done = new Promise(told => { socket.onmessage = message => {
    received.push(message.data);
    if (JSON.parse(message.data).type == "response.done") told();
  }; });
  const content = [{type: "input_text", text: "h\\u00e9 \\ud83d\\ude00"}];
  socket.send(JSON.stringify({type: "conversation.item.create", item: {type: "message", role: "user", content}}));
  socket.send(JSON.stringify({type: "response.create", response: {output_modalities: ["text"]}}));
  await done;
  return received;
}"""

THROUGH_DEVTOOLS = """async (text) => {
  const {HARFormat, Importer, Log} = await import(new URL("./models/har/har.js", location.href).href);
  const requests = Importer.Importer.requestsFromHARLog(new HARFormat.HARRoot(JSON.parse(text)).log);
  const log = await Log.Log.build(requests, {sanitize: false});
  return JSON.stringify({log: {...log, creator: {name: "WebInspector", version: "537.36"}}});
}"""


@asynccontextmanager
async def page_of(browser_arguments=(), **options):
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", *browser_arguments]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        context = await browser.new_context(**options)
        yield await context.new_page()
        await context.close()
        await browser.close()


async def talked(path):
    """A page talks to the built-in server, and its archive is kept; gives what the page received."""
    async with serving(pace=0, visitors=Visitors(origins=("*",))) as url, page_of(record_har_path=path) as page:
        return await page.evaluate(TALK, url)


async def exported_again(archive):
    """What DevTools export of an archive that they have imported."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with page_of([f"--remote-debugging-port={port}"]) as page:
        answer = await page.goto(f"http://127.0.0.1:{port}/devtools/devtools_app.html")
        if answer is None or answer.status != 200:
            pytest.skip("this Chromium has no DevTools in it")
        return await page.evaluate(THROUGH_DEVTOOLS, archive.decode())


def test_the_archive_of_a_page_gives_what_the_page_received(tmp_path):
    path = tmp_path / "page.har"
    received = asyncio.run(talked(path))
    assert b"sk-planted" in path.read_bytes()
    reading = Reading(path)
    entries = list(reading)
    assert (reading.form, reading.dropped) == ("har", 0)
    frames = [record for record in (record_of(entry.raw) for entry in entries) if isinstance(record, Frame)]
    assert [frame.text for frame in frames if frame.sender == "server"][: len(received)] == received
    assert sum(frame.sender == "client" for frame in frames) == 2
    assert all(0 <= frame.t < 60 for frame in frames)
    assert b"sk-planted" not in b"".join(entry.raw for entry in entries)


def test_devtools_import_what_is_made_here_and_what_they_export_is_read():
    content = TOOL.read_bytes()
    recorded = [record_of(line) for line in content.splitlines(keepends=True)]
    exported = asyncio.run(exported_again(taken(Har, content)[0]))
    header, _, *frames = read_back(HAR, exported.encode())
    messages = json.loads(exported)["log"]["entries"][0]["_webSocketMessages"]
    assert isinstance(header, Header)
    assert header.url == recorded[0].url
    expected = [record for record in recorded if isinstance(record, Frame)]
    assert len(messages) == len(expected) > 20
    assert [(frame.sender, frame.text) for frame in frames] == [(frame.sender, frame.text) for frame in expected]
    assert [round(frame.t - frames[0].t, 6) for frame in frames] == [
        round(frame.t - expected[0].t, 6) for frame in expected
    ]
