"""Secrets that are told by the name before them: headers, query parameters, fields, settings.

Source: RFC 9110, section 11 (Authorization), RFC 6265 (Cookie), RFC 6750, section 2.3 (query); the key headers
of OpenAI, Azure, Google, ElevenLabs and others; AWS, Signature Version 4 in a query.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rtcli.recording.shapes import Shape

_NAMES: Final = (
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "secretaccesskey",
    "accountkey",
    "subscriptionkey",
    "sharedaccesskey",
    "signingkey",
    "encryptionkey",
    "ephemeralkey",
    "servicekey",
    "authkey",
    "authorization",
    "credential",
    "credentials",
    "cookie",
    "connectionstring",
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "jwt",
    "cvv",
    "cvc",
    "ssn",
    "signature",
)
"""How names of credentials end, in lower case and without what joins their words."""
_WHOLE_NAMES: Final = frozenset(
    {"pin", "pincode", "pinnumber", "otp", "otpcode", "onetimecode", "securitycode", "verificationcode", "cvv2"}
    | {"socialsecuritynumber"}
)
"""The same, for names that others end with too."""
_HARMLESS: Final = frozenset(
    {"nexttoken", "pagetoken", "nextpagetoken", "continuationtoken", "eostoken", "bostoken", "stoptoken", "padtoken"}
)
_COLLECTIONS: Final = frozenset(
    {"apikeys", "accesskeys", "privatekeys", "secrets", "clientsecrets", "passwords", "credential", "credentials"}
    | {"cookies", "authtokens", "accesstokens"}
)
"""What holds several, by names of their own or none."""
_HARMLESS_HEADERS: Final = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "content-type",
        "mcp-protocol-version",
        "user-agent",
    }
)
_LONGEST_NAME: Final = 64
_JOINTS: Final = re.compile(r"[^a-z0-9]")
_NAME: Final = (
    r"(?i:[\w-]*(?:api[-_ ]?key|access[-_]?key|secret[-_]?key|private[-_]?key|account[-_]?key|subscription[-_]key"
    r"|auth[-_]?(?:key|token)|access[-_]?token|refresh[-_]?token|id[-_]?token|session[-_]?token|security[-_]?token"
    r"|client[-_]?secret|passw(?:or)?d|passphrase|passcode|pwd|secret|credentials?|api[-_]?token|token))"
)
_PLAIN_WORDS: Final = frozenset(
    {"string", "none", "null", "true", "false", "auto", "required", "optional", "text", "object", "bearer", "basic"}
    | {"token", "secret", "password", "header", "query", "invalid", "missing", "expired", "default", "unknown"}
)
_STAND_IN: Final = re.compile(
    r"<[A-Za-z][A-Za-z _-]*>?|\$\{?[A-Z_][A-Z0-9_]*\}?|\$[a-z_]+|\$env:\w+|\$\([^()]*\)"
    r"|\$?\{[^{}\"]*\}|\$?\{\{[^{}\"]*\}\}"
)
"""What somebody fills in later: ``<your key>``, ``$KEY``, ``{{ key }}``."""


@lru_cache(1024)
def is_credential(name: str) -> bool:
    """Whether a field of this name holds a secret."""
    joined = _joined(name)
    return (joined.endswith(_NAMES) and joined not in _HARMLESS) or joined in _WHOLE_NAMES


@lru_cache(1024)
def holds_credentials(name: str) -> bool:
    """Whether all that lies in a field of this name is secret, whatever it is called there."""
    return _joined(name) in _COLLECTIONS


def is_short_code(name: str) -> bool:
    """Whether a field of this name holds a secret of three digits."""
    return _joined(name).endswith(("cvv", "cvc", "cvv2"))


def is_harmless_header(name: str) -> bool:
    """Whether a header that is sent on to a tool's server says nothing of who may use it."""
    return name.lower() in _HARMLESS_HEADERS


def _joined(name: str) -> str:
    return _JOINTS.sub("", name[-_LONGEST_NAME:].lower())


def could_be(value: str, name: str = "") -> bool:
    """Whether a value can be a secret at all, and not a word that stands in its place."""
    stripped = value.strip()
    return (
        len(stripped) >= (3 if is_short_code(name) else 4)
        and stripped.lower() not in _PLAIN_WORDS
        and not _STAND_IN.fullmatch(stripped)
    )


def _is_assigned(value: str) -> bool:
    return could_be(value) and (any(not character.isalpha() for character in value) or len(value) >= 12)


ASSIGNED: Final[tuple[Shape, ...]] = (
    Shape(
        "authorization",
        r"(?i:\b(?:proxy-)?authorization)[\"']?\s*[:=]\s*[\"']?(?:(?i:bearer|basic|digest|token|negotiate|apikey)\s+)?(?P<s>[^\s\"',;\\]{4,})",
        ("authorization",),
        "RFC 9110, section 11.6",
        could_be,
    ),
    Shape(
        "cookie",
        r"(?i:\b(?:set-)?cookie)[\"']?\s*:\s*[\"']?(?P<s>[^\s\"'\\][^\r\n\"'\\]{3,})",
        ("cookie",),
        "RFC 6265",
    ),
    Shape(
        "query key",
        r"(?i:[?&;](?:api[-_]?key|subscription[-_]key|key|token|access[-_]?token|id[-_]?token|auth|authorization|sig|signature"
        r"|secret|client[-_]?secret|password|passwd|pwd|jwt|code|x-amz-(?:signature|credential|security-token)|x-goog-signature)"
        r"(?:=|%3D))(?P<s>[^&#\s\"'<>\\]{3,})",
        ("?", "&", ";"),
        "RFC 6750, section 2.3; AWS Signature Version 4",
    ),
    Shape(
        "quoted secret",
        rf"(?<![\w-]){_NAME}=(?P<q>[\"'])(?P<s>[^\"'\r\n\\]{{4,256}})(?P=q)",
        ("key", "token", "secret", "pass", "pwd", "credential"),
        "settings of a shell, with blanks in them",
        _is_assigned,
    ),
    Shape(
        "option of a command",
        r"(?i:(?<![\w-])--[a-z-]{0,40}(?:key|token|secret|password|passwd))(?:\s{1,3}|=)[\"']?(?P<s>[^\s\"'<>\\-][^\s\"'<>\\]{3,})",
        ("-key", "-token", "-secret", "-password", "-passwd"),
        "commands as people paste them",
        _is_assigned,
    ),
    Shape(
        "user and password",
        r"\bcurl\b[^\r\n]{0,400}?\s(?:-u|--user)\s{0,3}[\"']?(?P<s>[^\s\"':\\]{1,64}:[^\s\"'\\]{3,128})",
        ("curl ",),
        "curl, manual page, --user",
    ),
    Shape(
        "told key",
        r"(?i:\b(?:api[- _]?key|token|secret|password|credentials?)\s(?:provided|given|received|used|sent)\s?:\s{0,2})"
        r"[\"'`]?(?P<s>[A-Za-z0-9_~+/=-](?:[A-Za-z0-9_~+/=-]|\.(?=\w)){3,}+)(?!\*)",
        ("provided:", "given:", "received:", "used:", "sent:", "provided :"),
        "error messages that repeat what they refuse",
        _is_assigned,
    ),
    Shape(
        "assigned secret",
        rf"(?<![\w-]){_NAME}[\"']?\s{{0,3}}(?::|=|=>|:=)\s{{0,3}}[\"']?(?P<s>[^\s\"'<>{{}}\[\](),;\\&]{{4,}})",
        ("key", "token", "secret", "pass", "pwd", "credential"),
        "settings and headers as people paste them",
        _is_assigned,
    ),
    Shape(
        "spoken password",
        r"(?i:\b(?:password|passcode|passphrase|pin(?: code| number)?)\s+(?:is|was|:)\s+)(?P<s>(?=\S*\d)[^\s\"',;]{4,})",
        ("password", "passcode", "passphrase", "pin"),
        "what people say on the telephone",
    ),
)
"""Tried behind the shapes that tell themselves."""
ASSIGNED_PATTERNS: Final = [re.compile(shape.pattern) for shape in ASSIGNED]
