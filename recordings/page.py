"""Photographs the page of README: ``rtcli report interruption.jsonl``, in a browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
SIZE = {"width": 1240, "height": 820}


def main() -> None:
    """Make the page, open it, and take its picture with the playhead where the user breaks in."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as browsers:
        page = Path(folder) / "call.html"
        rtcli = [sys.executable, "-m", "rtcli"]
        subprocess.run([*rtcli, "report", str(FOLDER / "interruption.jsonl"), "-o", str(page)], check=True)
        browser = browsers.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport=SIZE, color_scheme="light")
        tab.goto(page.as_uri())
        tab.get_by_text("Stop, that is enough.").first.click()
        tab.wait_for_timeout(500)
        tab.screenshot(path=FOLDER / "report.png")
        browser.close()


if __name__ == "__main__":
    main()
