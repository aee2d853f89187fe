"""The levels of G.711, as another program knows them."""

from __future__ import annotations

import shutil
import subprocess
from array import array

import pytest

from rtcli.session.g711 import expansion


@pytest.mark.parametrize(("name", "law"), [("audio/pcmu", "u-law"), ("audio/pcma", "a-law"), ("g711_ulaw", "u-law")])
def test_every_code_has_the_level_that_sox_gives_it(name, law):
    if shutil.which("sox") is None:
        pytest.skip("sox is not installed")
    raw = ["-t", "raw", "-r", "8000", "-c", "1"]
    command = ["sox", "-D", *raw, "-e", law, "-b", "8", "-", *raw, "-e", "signed", "-b", "16", "-"]
    told = subprocess.run(command, input=bytes(range(256)), capture_output=True, check=True).stdout
    assert list(expansion(name)) == list(array("h", told))
