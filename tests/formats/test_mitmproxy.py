"""Files of mitmproxy where its package is missing; where it is, `make test-clients` tries them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rtcli.formats.forms import form_of
from rtcli.formats.mitmproxy import _Buffered, knows
from rtcli.formats.pieces import Pieces

FLOWS = b"72:9:websocket;0:~7:version;2:21#4:type;4:http;}"
"""As the beginning of a file of mitmproxy 11 looks."""

WITHOUT = """
import sys
sys.modules["mitmproxy"] = sys.modules["mitmproxy.io"] = sys.modules["mitmproxy.exceptions"] = None
from rtcli.commands import run
sys.exit(run(sys.argv[1:]))
"""


def test_flows_are_known_by_their_beginning():
    assert knows(FLOWS)
    assert form_of(FLOWS).name == "mitmproxy"


@pytest.mark.parametrize("head", [b"", b"12:30:05 INFO x\n", b"1:2:3", b'{"a":1}', b"10:20:30;11:x\n"])
def test_other_files_are_none(head):
    assert not knows(head)


@pytest.mark.parametrize("command", ["doctor", "show", "validate"])
def test_without_the_package_it_is_said_what_to_install(command, tmp_path):
    path = tmp_path / "flow"
    path.write_bytes(FLOWS)
    done = subprocess.run([sys.executable, "-c", WITHOUT, command, path], capture_output=True, text=True)
    assert done.returncode == 2
    assert "is a file of mitmproxy" in done.stderr
    assert "pip install 'rtcli[mitmproxy]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("size", [0, 1, 4, 200_000, 10**12, -1, None])
def test_a_length_beyond_the_end_of_the_file_takes_no_more_memory_than_the_file(size):
    whole = bytes(range(256)) * 600
    file = _Buffered(Pieces([whole[:1000], b"", whole[1000:70_000], whole[70_000:]]))
    wanted = whole[:size] if size is not None and size >= 0 else whole
    assert file.read(size) == wanted
    assert file.read() == whole[len(wanted) :]
