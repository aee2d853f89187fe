"""Ids are offered as a shell asks for them, out of the recording that is named before."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from edited import RECORDINGS

INTERRUPTED = RECORDINGS / "interruption.jsonl"


def offered(*words):
    """What bash is offered for the last of the words."""
    environment = os.environ | {
        "COMP_WORDS": " ".join(("rtcli", "cut", str(INTERRUPTED), *words)),
        "COMP_CWORD": str(len(words) + 2),
        "_RTCLI_COMPLETE": "complete_bash",
    }
    code = "from rtcli.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=environment)
    assert done.stderr == ""
    return done.stdout.split()


def test_all_responses_and_items_of_the_recording_are_offered():
    text = INTERRUPTED.read_text()
    assert offered("--response", "resp_") == list(dict.fromkeys(re.findall(r"resp_\w+", text)))
    assert set(offered("--item", "item_")) == set(re.findall(r"item_[A-Za-z0-9]{21}", text))


def test_ids_are_offered_that_begin_so():
    first, last = dict.fromkeys(re.findall(r"resp_\w+", INTERRUPTED.read_text()))
    assert offered("--response", last[:7]) == [last]
    assert offered("--response", first[:7]) == [first]
    assert offered("--response", "nobody") == []
