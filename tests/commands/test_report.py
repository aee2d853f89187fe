"""``rtcli report`` as a process of its own, and its page in a browser, by mouse and by keyboard."""

from __future__ import annotations

import array
import base64
import json
import os
import re
import shutil
import stat
import sys
from pathlib import Path

import program
import pytest
from incidents.catalogue import INCIDENTS
from notation import lines_of
from paged import hostile, spoken
from sweeping import ALL
from terminal import Terminal

RECORDINGS = Path(__file__).parents[2] / "recordings"
LOST = next(call for name, _, call in INCIDENTS if name == "lost-response")


def report(*arguments, code=0, stdin=None):
    done = program.run(
        [sys.executable, "-m", "rtcli", "report", *map(str, arguments)],
        capture_output=True,
        timeout=120,
        env=os.environ,
        stdin=stdin,
    )
    assert done.returncode == code, done.stderr.decode()
    return done


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Makes the page of a recording, given as a file or as lines."""
    folder = tmp_path_factory.mktemp("pages")

    def make(recording, *options, name=""):
        path = recording if isinstance(recording, Path) else folder / f"{name}.jsonl"
        page = folder / f"{path.stem}{'-'.join(options)}.html"
        if not page.exists():
            if not isinstance(recording, Path):
                path.write_text("\n".join(recording) + "\n")
            report(path, "-o", page, *options)
        return page

    return make


# -- the file ---------------------------------------------------------------------------------------


def test_the_page_is_its_owners_only_and_never_replaces_another_unless_asked(tmp_path):
    page = tmp_path / "call.html"
    report(RECORDINGS / "text.jsonl", "-o", page)
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    before = page.read_bytes()
    assert b"--overwrite" in report(RECORDINGS / "tool.jsonl", "-o", page, code=2).stderr
    assert page.read_bytes() == before
    report(RECORDINGS / "tool.jsonl", "-o", page, "--overwrite")
    assert b"tool.jsonl" in page.read_bytes()


def test_who_does_not_say_where_to_write_is_told_how():
    told = report(RECORDINGS / "text.jsonl", code=2).stderr.decode()
    assert told.startswith("rtcli: --output: say where to write; ")
    assert "call.html" in told


def test_a_terminal_is_not_flooded_with_a_page():
    with Terminal("report", RECORDINGS / "text.jsonl", "-o", "-") as terminal:
        terminal.shows("not written to a terminal")
        assert terminal.leaves() == 2


def test_it_reads_standard_input_and_writes_standard_output():
    with (RECORDINGS / "interruption.jsonl").open() as recording:
        page = report("-", "-o", "-", stdin=recording).stdout.decode()
    assert page.startswith("<!doctype html>")
    assert "standard input" in page


def test_without_audio_the_page_is_smaller_and_with_all_of_it_larger(made):
    sizes = [
        made(RECORDINGS / "interruption.jsonl", *options).stat().st_size
        for options in (["--no-audio"], [], ["--audio", "full"])
    ]
    audio_bytes = sum(
        len(event.get("audio") or event.get("delta") or "")
        for event in (
            json.loads(line).get("event", {}) for line in (RECORDINGS / "interruption.jsonl").read_text().splitlines()
        )
        if event.get("type") in {"input_audio_buffer.append", "response.output_audio.delta"}
    )
    assert sizes[1] - sizes[0] < audio_bytes / 6
    assert abs(sizes[2] - sizes[0] - audio_bytes) < audio_bytes / 20


def test_no_base64_of_a_delta_is_told_as_text(made):
    page = made(RECORDINGS / "interruption.jsonl", "--no-audio").read_text()
    assert re.search(r'\\"[A-Za-z0-9+/]{200}', page) is None
    assert "characters)" in page


# -- the page ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api", reason="there is no playwright in this environment")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def opened(browser):
    """Opens pages; what they complain of, or ask a network for, fails the test."""
    complaints, contexts = [], []

    def open_page(path, width=1400, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if request.url[:5] == "http:" else None)
        page.on("request", lambda request: complaints.append(request.url) if request.url[:6] == "https:" else None)
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]", timeout=15_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def seconds(page):
    """Where the playhead is."""
    minutes, rest = page.text_content("#clock").rsplit(":", 1)
    return float(rest) + 60 * float(minutes)


def until(page, expression):
    """Wait for something to become true; the page's policy forbids the browser's own way of waiting."""
    for _ in range(400):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(25)
    raise AssertionError(expression)


def chosen(page):
    """The line of the event that is chosen."""
    return int(page.get_attribute("#events-list [aria-selected=true]", "data-line"))


def lane(page, name):
    """The middle of a lane on the screen."""
    page.locator("#canvas").scroll_into_view_if_needed()
    label = page.locator("#labels li", has_text=re.compile(f"^{name}")).bounding_box()
    canvas = page.locator("#canvas").bounding_box()
    return canvas, label["y"] + label["height"] / 2


def time_of(path, line):
    return json.loads(path.read_text().splitlines()[line - 1])["t"]


@pytest.mark.parametrize("width", [1400, 700])
def test_a_page_opens_without_a_complaint_and_without_a_network_and_fits_its_window(made, opened, width):
    page = opened(made(RECORDINGS / "interruption.jsonl"), width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert "Please tell me a story." in page.text_content("#talk")
    assert "Nothing went wrong" in page.text_content("#causes")


def test_a_click_on_a_cause_or_a_finding_selects_its_event_and_moves_the_position(made, opened):
    path = made(LOST(), name="lost")
    page, lines = opened(path), path.with_suffix(".jsonl")
    page.click("#tab-found")
    for place in ("#causes .jump", "#found-list .finding"):
        page.keyboard.press("Home")
        button = page.locator(place).last
        line = int(button.get_attribute("data-line"))
        button.click()
        assert chosen(page) == line
        assert seconds(page) == pytest.approx(time_of(lines, line), abs=0.006)
        assert json.loads(lines.read_text().splitlines()[line - 1])["event"]["type"] == page.text_content(
            "#event-body h3"
        )


def test_a_click_on_the_waveform_plays_from_there_and_a_key_stops_it(made, opened):
    page = opened(made(RECORDINGS / "interruption.jsonl"))
    canvas, y = lane(page, "Model")
    before = page.evaluate("[state.from, state.to]")
    page.mouse.click(canvas["x"] + canvas["width"] * 0.4, y)
    clicked = before[0] + (before[1] - before[0]) * 0.4
    until(page, f"state.playing && player.context.state === 'running' && state.at > {clicked} + 0.1")
    assert page.evaluate("player.sources.size") > 0
    page.keyboard.press("Space")
    stopped = seconds(page)
    assert page.get_attribute("#play", "aria-pressed") == "false"
    assert clicked < stopped < clicked + 5
    page.wait_for_timeout(150)
    assert seconds(page) == stopped
    assert page.evaluate("player.sources.size") == 0


HEARD = """async () => {
    await openContext();
    return [...bufferOf(story().tracks.model.pieces[0]).getChannelData(0).slice(0, 2000)].map((level) => Math.round(level * 32768));
}"""


def test_what_is_played_is_what_the_recording_has(made, opened):
    lines = (RECORDINGS / "interruption.jsonl").read_text().splitlines()
    delta = next(line for line in lines if '"response.output_audio.delta"' in line)
    sent = base64.b64decode(json.loads(delta)["event"]["delta"])
    wanted = array.array("h", sent[:4000]).tolist()
    full, small = (
        opened(made(RECORDINGS / "interruption.jsonl", *options)).evaluate(HEARD)
        for options in (["--audio", "full"], [])
    )
    assert full[: len(wanted)] == wanted
    thirds = [sum(wanted[at : at + 3]) / 3 for at in range(0, len(wanted) - 2, 3)]
    assert all(abs(got - level) <= abs(level) / 16 + 9 for got, level in zip(small, thirds, strict=False))


def test_the_keyboard_does_the_same(made, opened):
    path = made(LOST(), name="lost")
    page, lines = opened(path), path.with_suffix(".jsonl")
    page.keyboard.press("n")
    page.keyboard.press("n")
    line = int(page.get_attribute(".finding[aria-current]", "data-line"))
    assert chosen(page) == line
    page.focus("#canvas")
    page.keyboard.press("Home")
    span = page.evaluate("state.to - state.from")
    for _ in range(3):
        page.keyboard.press("+")
    assert page.evaluate("state.to - state.from") < span / 3
    before = page.evaluate("state.from")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("state.from") > before
    page.keyboard.press("0")
    assert page.evaluate("state.to - state.from") == pytest.approx(span)
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    assert page.text_content("#labels [aria-current]").startswith("Responses")
    page.keyboard.press(".")
    first = next(
        number for number, text in enumerate(lines.read_text().splitlines(), 1) if '"response.created"' in text
    )
    assert chosen(page) == first
    assert seconds(page) == pytest.approx(time_of(lines, first), abs=0.006)
    page.keyboard.press("Enter")
    until(page, f"state.at > {time_of(lines, first)} + 0.05")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("response.done")
    assert set(page.locator("#events-list .type").all_text_contents()) == {"response.done"}


def test_dragging_pans_and_plays_nothing_and_two_fingers_zoom(made, opened):
    page = opened(made(RECORDINGS / "interruption.jsonl"), has_touch=True)
    page.evaluate("show(2, 4)")
    canvas, y = lane(page, "User")
    left, width = canvas["x"], canvas["width"]
    page.mouse.move(left + width / 2, y)
    page.mouse.down()
    page.mouse.move(left + width / 4, y, steps=5)
    page.mouse.up()
    assert page.evaluate("state.from") == pytest.approx(2.5, abs=0.02)
    assert page.evaluate("state.playing") is False
    touch = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 40), ("touchMove", 80), ("touchMove", 160), ("touchEnd", 0)):
        points = [{"x": left + width / 2 + side * apart, "y": y, "id": side} for side in (-1, 1)] if apart else []
        for point in points:
            point["id"] += 1
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    until(page, "state.to - state.from < 0.7")
    assert page.evaluate("state.playing") is False


def test_a_line_of_the_transcript_leads_to_its_place_and_is_marked_while_it_is_said(made, opened):
    page = opened(made(RECORDINGS / "interruption.jsonl"))
    said = page.locator(".said", has_text="Stop, that is enough.")
    said.click()
    assert said.get_attribute("aria-current") == "true"
    assert seconds(page) > 2
    recording = RECORDINGS / "interruption.jsonl"
    worded = program.run([sys.executable, "-m", "rtcli", "transcript", recording], capture_output=True, timeout=60)
    (note,) = re.findall(r"interrupted after [\d.]+ s", worded.stdout.decode())
    cut = page.locator(".said", has_text=note)
    assert cut.locator(".unheard").text_content()


def test_a_cause_tells_its_facts_in_the_order_of_the_doctor(made, opened):
    path = made(LOST(), name="lost")
    told = program.run(
        [sys.executable, "-m", "rtcli", "doctor", path.with_suffix(".jsonl")],
        capture_output=True,
        timeout=60,
        env={**os.environ, "COLUMNS": "200"},
    ).stdout.decode()
    labels = "where|shown by|effect|side|fix|also"
    facts = re.findall(rf"(?m)^   ({labels}) +(.+)$", told)
    shown = opened(path).locator("#causes .cause dt, #causes .cause dd").all_text_contents()
    pairs = list(zip(shown[::2], shown[1::2], strict=True))
    assert len(pairs) >= 5
    assert [pair for pair in pairs if pair[0] != "where"] == [pair for pair in facts if pair[0] != "where"]


def test_the_waits_are_named_and_lead_to_their_turns(made, opened):
    page = opened(made(spoken(6), name="six"))
    waits = page.locator("#latency-told li").all_text_contents()
    assert [wait.partition(" p50 ")[0] for wait in waits] == ["TTFA", "voice to voice"]
    assert [wait.rpartition(", ")[2] for wait in waits] == ["from the end of the user's turn", "from the end of speech"]
    assert "begins at the end of speech and" in page.text_content("#latency-axis")
    page.locator("#latency-told button").first.click()
    assert page.locator(".said[aria-current]").text_content().startswith("0:")
    page.locator("#latency-table summary").click()
    page.wait_for_selector("#latency-table th")
    assert "voice to voice" in page.locator("#latency-table th").all_text_contents()


def test_dark_and_light_follow_the_system_and_the_switch(made, opened):
    path = made(RECORDINGS / "text.jsonl")
    colour = "getComputedStyle(document.body).backgroundColor"
    light, dark = (opened(path, color_scheme=scheme) for scheme in ("light", "dark"))
    assert light.evaluate(colour) != dark.evaluate(colour)
    seen = {light.evaluate(colour)}
    for _ in range(2):
        light.click("#theme")
        seen.add(light.evaluate(colour))
    assert seen == {light.evaluate(colour), opened(path, color_scheme="light").evaluate(colour)}


def test_nothing_that_a_recording_says_is_run_or_hides_itself(made, opened):
    path = made(hostile(), name="hostile")
    page = opened(path)
    assert page.evaluate("window.hacked") is None
    assert page.title().startswith("hostile")
    assert page.locator("body img").count() == 0
    for row in range(page.evaluate("story().count")):
        page.evaluate(f"choose({row})")
    assert page.evaluate("window.hacked") is None
    assert "\u202e" not in page.inner_text("body")
    assert "\\u202e" in page.inner_text("body")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1400


def test_the_policy_lets_no_other_script_run_and_nothing_reach_a_network(made, browser):
    page = browser.new_page()
    page.goto(made(RECORDINGS / "text.jsonl").as_uri())
    page.wait_for_selector("html[data-ready]")
    refused = page.evaluate("""async () => {
        const told = [];
        document.addEventListener("securitypolicyviolation", (event) => told.push(event.effectiveDirective));
        const script = document.createElement("script");
        try { script.textContent = "window.hacked = 1"; document.body.append(script); } catch { told.push("types"); }
        try { document.body.innerHTML = "<b>"; } catch { told.push("types"); }
        try { await fetch("http://127.0.0.1:9/"); } catch { told.push("fetch"); }
        await new Promise((done) => setTimeout(done, 50));
        return [told, window.hacked === undefined];
    }""")
    page.close()
    assert {"connect-src", "fetch"} <= set(refused[0])
    assert refused[1]


def test_without_times_the_order_is_shown_and_a_note_says_so(made, opened):
    lines = [
        json.dumps(json.loads(line)["event"])
        for line in (RECORDINGS / "tool.jsonl").read_text().splitlines()
        if '"event":' in line
    ]
    page = opened(made(lines, name="bare"))
    assert page.locator("#untimed").is_visible()
    assert page.locator("#latency").is_hidden()
    page.keyboard.press("j")
    assert page.text_content("#clock").startswith("line ")


def test_several_connections_are_chosen_from_and_a_finding_opens_its_own(made, opened):
    first = (RECORDINGS / "text.jsonl").read_text().splitlines()
    page = opened(made([*first, *LOST()], name="two"))
    assert page.locator("#chooser option").count() == 2
    events = page.locator("#events-count").text_content()
    page.locator("#causes .jump").first.click()
    assert page.input_value("#chooser") == "1"
    assert page.locator("#events-count").text_content() != events
    assert chosen(page) > len(first)


def test_of_a_late_part_the_timeline_shows_the_part_and_not_what_was_carried_along(made, opened, tmp_path):
    whole, part = tmp_path / "hour.jsonl", tmp_path / "part.jsonl"
    whole.write_text("\n".join(spoken(400)) + "\n")
    program.run([sys.executable, "-m", "rtcli", "cut", whole, "--turn", "380", "-o", part], check=True, timeout=60)
    header, *records = [json.loads(line) for line in part.read_text().splitlines()]
    times = [record["t"] for record in records if "t" in record]
    assert times[0] + 100 < header["begins_s"]
    carried = next(one for one in records if one.get("event", {}).get("type") == "input_audio_buffer.append")
    spoken_from = carried["t"] - len(base64.b64decode(carried["event"]["audio"])) / 8000
    assert spoken_from < carried["t"] < header["begins_s"]
    page = opened(made(part))
    assert page.evaluate("[story().begin, state.at]") == pytest.approx([spoken_from] * 2, abs=0.001)
    assert page.evaluate("story().end") == pytest.approx(times[-1], abs=0.5)
    assert page.evaluate("state.to - state.from") < 3
    assert page.evaluate("story().rows.x[1]") == pytest.approx(times[0], abs=0.001)
    page.keyboard.press("0")
    page.evaluate("choose(1)")
    assert chosen(page) == 2
    assert seconds(page) == pytest.approx(spoken_from, abs=0.006)


def test_an_empty_session_and_other_dialects_have_a_page(made, opened):
    lines = [line.decode().strip() for line in lines_of('1 < session.output_transcript.delta {"delta": "Guten Tag"}')]
    for recording, name in ((lines, "one"), ([json.dumps({"rtcli": 1})], "header")):
        page = opened(made(recording, name=name))
        assert page.locator("h1").text_content().strip() == f"{name}.jsonl"


def test_very_many_turns_are_shown_and_moved_about_in(made, opened):
    turns = 1000 if ALL else 100
    path = made(spoken(turns), name="many")
    page = opened(path)
    assert page.evaluate("thingsOf('turns').length") == turns
    canvas, y = lane(page, "Turns")
    page.mouse.move(canvas["x"] + canvas["width"] / 2, y)
    for _ in range(12):
        page.mouse.wheel(0, -240)
    until(page, "state.to - state.from < 60")
    page.focus("#chart")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert page.locator(".said[aria-current]").text_content().endswith(f"question {turns}?")
    page.keyboard.press("0")
    painted = page.evaluate("""() => {
        draw();
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
    }""")
    assert painted > 10
