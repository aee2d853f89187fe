"""What the word behind ``rtcli connect`` stands for: a URL, headers, and what to do when it says no.

A target's headers carry the key; the target itself shows only its harmless URL.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from msgspec import Struct

from rtcli.errors import BadOption
from rtcli.recording.secrets import harmless_url

DEFAULT_MODEL = "gpt-realtime"
OPENAI_BASE_URL = "https://api.openai.com/v1"


class Target(Struct, frozen=True):
    """Where to connect to, and as whom."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    key_from: str = ""
    """Where the key came from, for the advice when it is refused."""

    def __repr__(self) -> str:
        return f"Target({harmless_url(self.url)!r})"


def target_of(word: str | None, environment: Mapping[str, str], model: str | None, query: Mapping[str, str]) -> Target:
    """The target that `word` names, or that the environment names when there is no word.

    `query` is what the URL is to say besides.

    Raises:
        BadOption: nothing says where to connect to, or a key or an endpoint is missing.

    """
    word = word or environment.get("RTCLI_URL") or ("openai" if environment.get("OPENAI_API_KEY") else None)
    if word is None:
        why = "nothing says where to connect to: no TARGET, no RTCLI_URL, no OPENAI_API_KEY"
        raise BadOption("TARGET", why, "try `rtcli connect demo`, the server built in")
    if word == "openai":
        return _openai(environment, model, query)
    if word == "azure":
        return _azure(environment, model, query)
    if word.partition("://")[0] in {"ws", "wss"}:
        return Target(with_query(word, ({"model": model} if model else {}) | dict(query)))
    if scheme := {"http": "ws", "https": "wss"}.get(word.partition("://")[0]):
        raise BadOption("TARGET", "it is no URL of a WebSocket", f"begin it with {scheme}://")
    remedy = "it is `demo`, `openai`, `azure` or a URL that begins with ws:// or wss://"
    raise BadOption("TARGET", f"{_unkeyed(word)!r} is no target", remedy)


def _openai(environment: Mapping[str, str], model: str | None, query: Mapping[str, str]) -> Target:
    key = key_in(environment, "OPENAI_API_KEY", "openai")
    if not key:
        raise BadOption("openai", "OPENAI_API_KEY is not set", "put your key there, or try `rtcli connect demo`")
    base = environment.get("OPENAI_BASE_URL") or OPENAI_BASE_URL
    # A transcription session names its model in the session, not in the URL.
    named = query if query and not model else {"model": model or DEFAULT_MODEL, **query}
    url = with_query(_as_websocket(base, "OPENAI_BASE_URL").rstrip("/") + "/realtime", named)
    return Target(url, (("Authorization", f"Bearer {key}"),), "OPENAI_API_KEY")


def _azure(environment: Mapping[str, str], model: str | None, query: Mapping[str, str]) -> Target:
    """Source: Azure OpenAI's GA endpoint, ``/openai/v1/realtime?model=<deployment>``."""
    for name in ("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY"):
        if not environment.get(name, "").strip():
            raise BadOption("azure", f"{name} is not set", "it needs AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_API_KEY")
    if not model:
        raise BadOption("azure", "--model is missing", "give the name of your deployment")
    base = _as_websocket(environment["AZURE_OPENAI_ENDPOINT"], "AZURE_OPENAI_ENDPOINT").rstrip("/")
    path = "/realtime" if base.endswith("/openai/v1") else "/openai/v1/realtime"
    return Target(
        with_query(base + path, {"model": model, **query}),
        (("api-key", key_in(environment, "AZURE_OPENAI_API_KEY", "azure")),),
        "AZURE_OPENAI_API_KEY",
    )


def key_in(environment: Mapping[str, str], name: str, option: str) -> str:
    """The key that a variable holds, without the end of the line that it was read from; empty where there is none.

    Raises:
        BadOption: it would end the header that it goes into, or cannot be in one.

    """
    key = environment.get(name, "").strip()
    if not key.isascii() or not key.isprintable():
        raise BadOption(option, f"{name} holds a character that a header cannot have")
    return key


def header_of(option: str) -> tuple[str, str]:
    """The header that ``--header 'Name: value'`` asks for.

    Raises:
        BadOption: it has no colon, or a character that a header cannot have.

    """
    name, colon, value = option.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not name or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise BadOption("--header", "it is no header", "write it as --header 'Name: value'")
    if not value.isprintable():
        raise BadOption("--header", f"the value of {name} has a character that a header cannot have")
    return name, value


def _as_websocket(url: str, source: str) -> str:
    scheme, separator, rest = url.partition("://")
    swapped = {"https": "wss", "http": "ws", "wss": "wss", "ws": "ws"}.get(scheme)
    if not separator or swapped is None:
        raise BadOption(source, "it is no URL", "it begins with https:// or wss://")
    return f"{swapped}://{rest}"


def with_query(url: str, more: Mapping[str, str]) -> str:
    """The URL with these query parameters set, the others as they were."""
    if not more:
        return url
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadOption("TARGET", "it is no URL", "it begins with wss:// and a host") from error
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in more]
    try:
        return urlunsplit(parts._replace(query=urlencode([*query, *more.items()], quote_via=quote)))
    except UnicodeEncodeError as error:
        raise BadOption("--model", "it is no text", "its bytes are not UTF-8") from error


def _unkeyed(word: str) -> str:
    """The word, unless it looks like a key that was pasted in the wrong place."""
    return word if len(word) < 20 and not word.startswith("sk-") else word[:3] + "…"
