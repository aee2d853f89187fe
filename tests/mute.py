"""A server that takes everything and answers nothing, as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

_SERVER = """
import sys
from websockets.sync.server import serve

def hold(connection):
    for greeting in sys.argv[1:]:
        connection.send(greeting)
    for _ in connection:
        pass

with serve(hold, "127.0.0.1", 0) as server:
    print(server.socket.getsockname()[1], flush=True)
    server.serve_forever()
"""


@contextmanager
def mute_server(*greetings):
    """Its URL and its process; the greetings are all that it says."""
    server = subprocess.Popen([sys.executable, "-c", _SERVER, *greetings], stdout=subprocess.PIPE, text=True)
    try:
        yield f"ws://127.0.0.1:{server.stdout.readline().strip()}/", server
    finally:
        server.kill()
        server.communicate()
