"""Secrets of every shape, made of pieces so that nobody takes this file for a leak, and places to plant them in."""

from __future__ import annotations

import base64
import json
import random
import string

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits


def some(count: int, alphabet: str = ALNUM) -> str:
    """Characters as a maker of keys throws them; the same in each run."""
    chance = random.Random(count * 31 + len(alphabet))
    return "".join(chance.choice(alphabet) for _ in range(count))


def web(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def with_check_digit(digits: str) -> str:
    """The digits and the one that ISO/IEC 7812 puts behind them, reckoned as its annex B tells."""
    for last in string.digits:
        total = 0
        for place, digit in enumerate(reversed(digits + last)):
            doubled = int(digit) * 2 if place % 2 else int(digit)
            total += doubled // 10 + doubled % 10
        if total % 10 == 0:
            return digits + last
    raise AssertionError


CARD = with_check_digit("4" + "5398" * 3 + "71")
SECRETS: dict[str, str] = {
    "OpenAI": "sk" + "-" + some(20) + "T3Blbk" + some(20),
    "OpenAI, of a project": "sk" + "-proj-" + some(24) + "_" + some(24) + "-" + some(30),
    "OpenAI, of a service": "sk" + "-svcacct-" + some(40),
    "OpenAI, of an administrator": "sk" + "-admin-" + some(40),
    "OpenAI, ephemeral": "ek" + "_" + some(32, HEX),
    "OpenAI, in a subprotocol": "openai-insecure-api-key." + "sk" + "-" + some(30),
    "Anthropic": "sk" + "-ant-api03-" + some(60),
    "OpenRouter": "sk" + "-or-v1-" + some(64, HEX),
    "Azure": some(52) + "JQQ" + "J99" + some(26),
    "Azure, storage": "Account" + "Key=" + some(86) + "==",
    "Entra": some(3) + "8Q" + "~" + some(34),
    "AWS": "AK" + "IA" + some(16, UPPER),
    "AWS, for a while": "AS" + "IA" + some(16, UPPER),
    "Google": "AI" + "za" + some(35),
    "Google, access": "ya" + "29." + some(60),
    "Google, client": "GOC" + "SPX-" + some(28),
    "GitHub": "gh" + "p_" + some(36),
    "GitHub, of a server": "gh" + "s_" + some(36),
    "GitHub, fine-grained": "github" + "_pat_" + some(22) + "_" + some(59),
    "GitLab": "gl" + "pat-" + some(20),
    "Slack": "xo" + "xb-" + some(12, string.digits) + "-" + some(24),
    "Slack, of an app": "xa" + "pp-1-" + some(11, UPPER) + "-" + some(40, HEX),
    "Stripe": "sk" + "_live_" + some(24),
    "Stripe, restricted": "rk" + "_test_" + some(24),
    "Stripe, webhook": "wh" + "sec_" + some(32),
    "Twilio": "S" + "K" + some(32, HEX),
    "ElevenLabs": "sk" + "_" + some(48, HEX),
    "Hugging Face": "h" + "f_" + some(34),
    "Groq": "gs" + "k_" + some(52),
    "xAI": "xa" + "i-" + some(80),
    "Perplexity": "pp" + "lx-" + some(48),
    "Replicate": "r" + "8_" + some(37),
    "SendGrid": "S" + "G." + some(22) + "." + some(43),
    "npm": "np" + "m_" + some(36),
    "PyPI": "py" + "pi-" + some(80),
    "DigitalOcean": "do" + "p_v1_" + some(64, HEX),
    "Telegram": some(9, "123456789") + ":A" + "A" + some(33),
    "Databricks": "da" + "pi" + some(32, HEX),
    "Vault": "hv" + "s." + some(24),
    "JWT": web({"alg": "HS256", "typ": "JWT"}) + "." + web({"sub": "1"}) + "." + some(43),
    "private key": "-----BEGIN PRIVATE KEY-----\n" + some(64) + "\n" + some(40) + "=\n-----END " + "PRIVATE KEY-----",
    "bearer": "Bearer " + some(40),
    "basic": "Basic " + base64.b64encode(f"user:{some(12)}".encode()).decode(),
    "header": "x-api-key: " + some(32),
    "authorization": "Authorization: " + some(32),
    "URL": "wss://user:" + some(12) + "@host.example/v1",
    "query": "https://host.example/v1?model=m&api-key=" + some(32),
    "SIP": "sip:" + some(8, string.ascii_lowercase) + "@10.1.2.3",
    "e-mail": "jane.doe" + "@" + "mail.example.org",
    "phone": "+49 171 " + some(7, "23456789"),
    "phone, national": "(212) 555-" + some(4, "23456789"),
    "phone, digit by digit": " ".join(some(10, "2357")),
    "card": CARD,
    "card, in groups": " ".join(CARD[start : start + 4] for start in range(0, 16, 4)),
}
"""By name. What goes of some is a part: the name of a header, a scheme, a host stay."""
KEPT = (
    *("openai-insecure-api-key.", "Account" + "Key=", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"),
    *("Bearer ", "Basic ", "x-api-key: ", "Authorization: ", "wss://", "@host.example/v1", "sip:"),
    "https://host.example/v1?model=m&api-key=",
)


def secret_part(secret: str) -> str:
    """What of it nobody may see."""
    for kept in KEPT:
        secret = secret.replace(kept, "")
    return secret


def line(body: object, **more: object) -> bytes:
    return (
        json.dumps({"t": 1.5, **more, **({"event": body} if body is not None else {})}, ensure_ascii=False).encode()
        + b"\n"
    )


def _said(text: str) -> dict[str, object]:
    return {"type": "message", "id": "item_1", "role": "user", "content": [{"type": "input_text", "text": text}]}


def escaped(text: str) -> str:
    """The text as the inside of a JSON string in which every letter is an escape."""
    return "".join(f"\\u{ord(character):04x}" for character in text)


def percent(text: str) -> str:
    return "".join(f"%{ord(character):02X}" for character in text)


def _server(kind: str, **fields: object) -> bytes:
    return line({"type": kind, "event_id": "event_1", **fields}, **{"from": "server"})


def _client(kind: str, **fields: object) -> bytes:
    return line({"type": kind, **fields}, **{"from": "client"})


PLACES = {
    "the instructions": lambda text: _client("session.update", session={"type": "realtime", "instructions": text}),
    "an item's text": lambda text: _client("conversation.item.create", item=_said(text)),
    "a transcript": lambda text: _server(
        "conversation.item.input_audio_transcription.completed", item_id="item_1", content_index=0, transcript=text
    ),
    "a whole answer": lambda text: _server(
        "response.output_text.done", response_id="resp_1", item_id="item_1", output_index=0, content_index=0, text=text
    ),
    "an argument": lambda text: _server(
        "response.function_call_arguments.done",
        response_id="resp_1",
        item_id="item_1",
        output_index=0,
        call_id="call_1",
        arguments=json.dumps({"a": [1, {"b": text}]}),
    ),
    "a tool's output": lambda text: _client(
        "conversation.item.create",
        item={
            "type": "function_call_output",
            "call_id": "call_1",
            "output": json.dumps({"r": json.dumps({"x": text})}),
        },
    ),
    "an error": lambda text: _server("error", error={"type": "invalid_request_error", "message": f"bad: {text} "}),
    "metadata": lambda text: _client("response.create", response={"metadata": {"topic": text}}),
    "a name in a map": lambda text: _client("response.create", response={"metadata": {text: "1"}}),
    "a type nobody knows": lambda text: _server("vendor.news", deep=[[{"er": text}]]),
    "a note": lambda text: line(None, note=text),
    "the header": lambda text: line(None, rtcli=1, url="wss://h", by=text),
    "the handshake": lambda text: line(
        None, open={"status": 101, "headers": {"x-request-id": text}, "subprotocol": None}
    ),
    "a close": lambda text: line(None, **{"from": "server", "close": {"code": 1008, "reason": text}}),
    "a record of another kind": lambda text: line(None, weather={"is": text}),
    "a frame that is no object": lambda text: line(None, **{"from": "client", "text": f"hello {text} \n"}),
    "a frame of several lines": lambda text: line(
        None, **{"from": "client", "text": json.dumps(_said(text), indent=1)}
    ),
    "a bare event": lambda text: (
        json.dumps({"type": "conversation.item.create", "item": _said(text)}, ensure_ascii=False).encode() + b"\n"
    ),
    "a line that is no JSON": lambda text: f"[12:00:01] got {text!s} .\n".replace(
        text, text.replace("\n", "\\n")
    ).encode(),
    "a line with a missing brace": lambda text: _client("conversation.item.create", item=_said(text))[:-3] + b"\n",
    "escapes": lambda text: _client("session.update", session={"instructions": "@@"}).replace(
        b"@@", escaped(text).encode()
    ),
    "escapes in arguments": lambda text: _server(
        "response.function_call_arguments.done", call_id="call_1", arguments='{"a":"' + escaped(text) + '"}'
    ),
    "an encoded URL": lambda text: _client("session.update", session={"instructions": f"see x={percent(text)} "}),
    "JSON in base64": lambda text: _client(
        "conversation.item.create",
        item={
            "type": "function_call_output",
            "call_id": "call_1",
            "output": base64.b64encode(json.dumps({"k": text}).encode()).decode(),
        },
    ),
    "a frame of bytes": lambda text: line(
        None, **{"from": "client", "binary": base64.b64encode(json.dumps({"k": text}).encode()).decode()}
    ),
}
"""By name what makes the line that has a text in such a place."""
