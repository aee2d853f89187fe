"""The messages of the WebSockets in a file of mitmproxy, a line of JSON each: who sent it, what kind, and its bytes."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from mitmproxy.io import FlowReader

with Path(sys.argv[1]).open("rb") as file:
    for flow in FlowReader(file).stream():
        for message in flow.websocket.messages:
            sender, kind = "client" if message.from_client else "server", "text" if message.is_text else "binary"
            sys.stdout.write(json.dumps([sender, kind, base64.b64encode(message.content).decode()]) + "\n")
