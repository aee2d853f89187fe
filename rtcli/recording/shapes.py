"""What secrets look like: keys and tokens that are told by their own shape, whoever wrote them wherever.

A shape that begins with letters of its maker's choice is a secret by that alone; one that does not is taken
for one only behind a name that says so (see `rtcli.recording.assigned`).

Source, unless a row says otherwise: the documentation of the public scanners' rules (gitleaks, GitHub's
supported secret scanning patterns), and the makers' own pages on their keys, read in November 2026.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final, NamedTuple

_BEGIN: Final = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
"""A word begins here, or behind an escape that nobody has read."""
_LONG: Final = r"[A-Za-z0-9_-]"
_WRAPPED: Final = (
    r"(?:(?:[\u200b-\u200d\u2060\ufeff\u00ad]|\r?\n[ \t]{0,8})(?=[A-Za-z_-]{0,60}[0-9])(?=[a-z0-9_-]{0,60}[A-Z])"
    r"(?=[A-Z0-9_-]{0,60}[a-z])(?![a-z]{2,10}_)[A-Za-z0-9_-]{16,}+(?![=:(.]))*"
)
"""What of a long key stands on the next line, or behind a character that nobody sees; a run without rhythm."""


class Shape(NamedTuple):
    """A kind of secret, and how it is told. What is replaced is the group ``s``, or all of it."""

    kind: str
    pattern: str
    signs: tuple[str, ...]
    """Lower-case pieces of which one is in every text that holds such a secret."""
    source: str
    holds: Callable[[str], bool] | None = None
    """Looks closer at what the pattern has found."""


def _is_basic(value: str) -> bool:
    """Whether a text is a user and a password as HTTP sends them, in which RFC 7617 allows no control characters."""
    try:
        meant = base64.urlsafe_b64decode(value.replace("+", "-").replace("/", "_") + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        return False
    return b":" in meant and min(meant) >= 0x20


def _is_no_word(value: str) -> bool:
    """Whether it can be a token, and not what comes behind “bearer” in a sentence."""
    return len(value) >= 24 or any(character.isdigit() for character in value)


def _is_no_path(value: str) -> bool:
    """Whether what stands before an ``@`` is user and password, or a name."""
    return bool(value.strip(":"))


KEYS: Final[tuple[Shape, ...]] = (
    Shape("anthropic key", rf"(?:{_BEGIN}sk-ant-{_LONG}{{8,}}|sk-ant-(?:api|admin)\d\d-{_LONG}{{32,}}){_WRAPPED}", ("sk-ant-",), "Anthropic console: sk-ant-api03-, sk-ant-admin01-"),
    Shape("openrouter key", rf"{_BEGIN}sk-or-{_LONG}{{8,}}", ("sk-or-",), "OpenRouter, authentication: sk-or-v1-"),
    Shape("openai key", rf"(?:{_BEGIN}sk-{_LONG}{{12,}}|sk-(?:proj|svcacct|admin)-{_LONG}{{32,}}){_WRAPPED}", ("sk-",), "OpenAI platform: sk-, sk-proj-, sk-svcacct-, sk-admin-"),
    Shape("openai ephemeral key", rf"{_BEGIN}ek_{_LONG}{{8,}}", ("ek_",), "OpenAI realtime guide, client secrets: ek_"),
    Shape("openai session key", rf"{_BEGIN}sess-[A-Za-z0-9]{{24,}}", ("sess-",), "keys of OpenAI's dashboard; ids are sess_"),
    Shape(
        "subprotocol key",
        r"openai-insecure-api-key\.(?P<s>[A-Za-z0-9._~+/=-]{4,})",
        ("openai-insecure-api-key.",),
        "OpenAI realtime guide, WebSockets in a browser",
    ),
    Shape("stripe key", rf"{_BEGIN}(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{{8,}}", ("k_live_", "k_test_"), "Stripe, API keys"),
    Shape("stripe webhook secret", rf"{_BEGIN}whsec_[A-Za-z0-9+/=_-]{{16,}}", ("whsec_",), "Stripe, webhooks"),
    Shape("elevenlabs key", rf"{_BEGIN}sk_[a-z0-9]{{32,}}", ("sk_",), "ElevenLabs, API keys: sk_ and 48 hex digits"),
    Shape("cartesia key", rf"{_BEGIN}sk_car_{_LONG}{{8,}}", ("sk_car_",), "Cartesia, API keys"),
    Shape("hugging face token", rf"{_BEGIN}(?:hf_|api_org_)[A-Za-z0-9]{{16,}}", ("hf_", "api_org_"), "Hugging Face, user access tokens"),
    Shape("groq key", rf"{_BEGIN}gsk_[A-Za-z0-9]{{16,}}", ("gsk_",), "Groq console"),
    Shape("xai key", rf"{_BEGIN}xai-{_LONG}{{16,}}", ("xai-",), "xAI console"),
    Shape("perplexity key", rf"{_BEGIN}pplx-[A-Za-z0-9]{{16,}}", ("pplx-",), "Perplexity, API settings"),
    Shape("replicate token", rf"{_BEGIN}r8_[A-Za-z0-9]{{16,}}", ("r8_",), "Replicate, API tokens"),
    Shape("fireworks key", rf"{_BEGIN}fw_[A-Za-z0-9]{{16,}}", ("fw_",), "Fireworks AI, API keys"),
    Shape("aws access key", rf"{_BEGIN}(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{{16}}(?![A-Za-z0-9])", ("a3t", "akia", "asia", "abia", "acca"), "AWS IAM guide, unique identifiers"),
    Shape("google api key", rf"{_BEGIN}AIza{_LONG}{{30,}}", ("aiza",), "Google Cloud, API keys: AIza and 35 characters"),
    Shape("google oauth token", rf"{_BEGIN}ya29\.{_LONG}{{16,}}", ("ya29.",), "Google identity, access tokens"),
    Shape("google client secret", rf"{_BEGIN}GOCSPX-{_LONG}{{16,}}", ("gocspx-",), "Google identity, OAuth clients"),
    Shape("google refresh token", rf"{_BEGIN}1//0{_LONG}{{24,}}", ("1//0",), "Google identity, refresh tokens"),
    Shape("azure key", r"(?<![A-Za-z0-9])[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{27}(?![A-Za-z0-9])", ("jqqj9",), "Azure AI services, keys of 84 characters with JQQJ9"),
    Shape("azure client secret", r"(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}", ("q~",), "Microsoft Entra, application passwords"),
    Shape("azure storage key", r"(?:Account|SharedAccess)Key=(?P<s>[A-Za-z0-9+/]{40,}={0,2})", ("accountkey=", "sharedaccesskey="), "Azure, connection strings"),
    Shape("github token", rf"{_BEGIN}(?:gh[pousr]_[A-Za-z0-9_]{{16,}}|github_pat_[A-Za-z0-9_]{{16,}})", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"), "GitHub, token formats"),
    Shape("gitlab token", rf"{_BEGIN}(?:gl(?:pat|dt|rt|ptt|oas|cbt|soat|ft|agent|imt|wt)-|GR1348941){_LONG}{{12,}}", ("glpat-", "gldt-", "glrt-", "glptt-", "gloas-", "glcbt-", "glsoat-", "glft-", "glagent-", "glimt-", "glwt-", "gr1348941"), "GitLab, token overview"),
    Shape("slack token", rf"{_BEGIN}(?:xox[a-z]|xapp)[.-][A-Za-z0-9.-]{{8,}}", ("xox", "xapp"), "Slack, token types"),
    Shape("slack webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<s>[A-Za-z0-9/_-]{8,})", ("hooks.slack.com",), "Slack, incoming webhooks"),
    Shape("twilio key", rf"{_BEGIN}(?:SK|AC)[0-9a-f]{{32}}(?![A-Za-z0-9])", ("sk", "ac"), "Twilio, API keys (SK) and account SIDs (AC)"),
    Shape("sendgrid key", rf"{_BEGIN}SG\.{_LONG}{{16,}}\.{_LONG}{{16,}}", ("sg.",), "SendGrid, API keys"),
    Shape("npm token", rf"{_BEGIN}npm_[A-Za-z0-9]{{24,}}", ("npm_",), "npm, access tokens"),
    Shape("pypi token", rf"{_BEGIN}pypi-{_LONG}{{24,}}", ("pypi-",), "PyPI, API tokens"),
    Shape("digitalocean token", rf"{_BEGIN}do[opr]_v1_[a-f0-9]{{24,}}", ("_v1_",), "DigitalOcean, token formats"),
    Shape("shopify token", rf"{_BEGIN}shp(?:at|ca|pa|ss|ua)_[A-Fa-f0-9]{{24,}}", ("shp",), "Shopify, access tokens"),
    Shape("telegram bot token", r"(?<![A-Za-z0-9_])\d{8,10}:AA[A-Za-z0-9_-]{32,}", (":aa",), "Telegram Bot API"),
    Shape("notion token", rf"{_BEGIN}(?:ntn_|secret_)[A-Za-z0-9]{{32,}}", ("ntn_", "secret_"), "Notion, integrations"),
    Shape("databricks token", rf"{_BEGIN}dapi[0-9a-f]{{32}}", ("dapi",), "Databricks, personal access tokens"),
    Shape("vault token", rf"{_BEGIN}hv[sbr]\.{_LONG}{{20,}}", ("hvs.", "hvb.", "hvr."), "HashiCorp Vault, tokens"),
    Shape("grafana token", rf"{_BEGIN}gl(?:sa|c)_[A-Za-z0-9_=+/]{{20,}}", ("glsa_", "glc_"), "Grafana, service accounts"),
    Shape("linear key", rf"{_BEGIN}lin_(?:api|oauth)_[A-Za-z0-9]{{24,}}", ("lin_",), "Linear, API"),
    Shape("supabase token", rf"{_BEGIN}sb(?:p|_secret)_[A-Za-z0-9_-]{{20,}}", ("sbp_", "sb_secret_"), "Supabase, access tokens"),
    Shape("new relic key", rf"{_BEGIN}NRAK-[A-Z0-9]{{20,}}", ("nrak-",), "New Relic, API keys"),
    Shape("postman key", rf"{_BEGIN}PMAK-[A-Za-z0-9-]{{24,}}", ("pmak-",), "Postman, API keys"),
    Shape("jwt", rf"{_BEGIN}eyJ{_LONG}{{6,}}(?:\.{_LONG}+){{1,4}}\.?", ("eyj",), "RFC 7519; three parts, of which the first is a JSON object"),
    Shape(
        "private key",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:\\+[nr]|\s)*(?P<s>(?:(?!-----)[\s\S]){8,}?)(?=-----END|$|[^A-Za-z0-9+/=\s:,\\-])",
        ("private key",),
        "RFC 7468",
    ),
    Shape("bearer token", r"(?i:\bBearer)(?:\s{0,3}:)?(?:\s+|%20|\+)(?:\\{0,3}[\"'`])?(?P<s>[A-Za-z0-9._~+/=-]{8,})", ("bearer",), "RFC 6750", _is_no_word),
    Shape("basic credentials", r"(?i:\bBasic)\s+(?P<s>[A-Za-z0-9+/_-]{8,}={0,2})", ("basic",), "RFC 7617", _is_basic),
    Shape("url credentials", r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{1,20}://(?P<s>[^\s/\"'<>@?#\\]{1,256})@(?=[A-Za-z0-9\[_-])", ("://",), "RFC 3986, section 3.2.1", _is_no_path),
    Shape("sip address", r"(?i:(?<![A-Za-z])sips?:)(?://)?(?P<s>[^\s\"'<>;?\\@]{1,128}@[A-Za-z0-9.\[\]:-]+)", ("sip:", "sips:"), "RFC 3261, section 19.1"),
)  # fmt: skip
"""In the order in which they are tried at one place; the first that fits gives the name."""


def _compiled(shapes: tuple[Shape, ...]) -> list[re.Pattern[str]]:
    return [re.compile(shape.pattern) for shape in shapes]


KEY_PATTERNS: Final = _compiled(KEYS)
