"""What tells who somebody is: e-mail addresses, telephone numbers, cards and accounts.

Each pattern is loose and each find is looked at closer, so that ids, times and counts stay.

Source: RFC 5322 (addresses), E.164 and the national numbering plans, ISO/IEC 7812 (cards), ISO 13616 (IBAN).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from rtcli.recording.shapes import Shape

_ISSUERS: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}"
)
"""Visa, Mastercard (both ranges), American Express, Discover, Diners Club, JCB, UnionPay. Source: ISO/IEC 7812."""
FILLED: Final = "00000"
"""How a number begins that stands for another; no number of a telephone or a card does."""
_CALLS: Final = re.compile(
    r"(?i:phone|call|tel\b|mobile|cell|number|fax|sms|whatsapp|dial|reach|ring|text me|contact|handy|telefon|numéro|número)"
)
_BEFORE_CHARACTERS: Final = 48
_COUNTED: Final = "01234567890123456789"
"""What people write who write just any number."""


def digits_of(text: str) -> str:
    """The digits of a text."""
    return "".join(filter(str.isdigit, text))


def is_card(text: str) -> bool:
    """Whether the digits are the number of a card, by its issuer and its check digit."""
    digits = digits_of(text)
    if _ISSUERS.fullmatch(digits) is None:
        return False
    weighed = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in weighed) % 10 == 0


def is_iban(text: str) -> bool:
    """Whether it is an account number, by its length and its check digits, which are no zeros but where it was filled."""
    plain = re.sub(r"\s", "", text).upper()
    if not 15 <= len(plain) <= 34 or plain[2:4] == "00":
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def is_international(text: str) -> bool:
    """Whether a text with a plus, or two zeros, is a telephone number."""
    digits = digits_of(text)
    return 8 <= len(digits) <= 15 + 2 * text.startswith("00") and not digits.startswith(FILLED)


def is_national(text: str) -> bool:
    """Whether a text that begins with a zero is one, and no date or time."""
    digits = digits_of(text)
    return 9 <= len(digits) <= 12 and not digits.startswith((FILLED, "00")) and digits not in _COUNTED


def is_told_singly(text: str) -> bool:
    """Whether digits that were said one by one are a number, and not somebody counting."""
    digits = [int(digit) for digit in digits_of(text)]
    steps = {(after - before) % 10 for before, after in pairwise(digits)}
    return 7 <= len(digits) <= 16 and steps not in ({1}, {9}) and digits[:5] != [0] * 5


def is_address(text: str) -> bool:
    """Whether it is an e-mail address that was not put in for another one."""
    domain = text.rpartition("@")[2]
    return bool(domain.replace(".", "").strip("xX"))


PERSONAL: Final[tuple[Shape, ...]] = (
    Shape(
        "email",
        r"(?<![\w.%+/\\-])[\w.%+-]{1,64}@(?:[\w-]{1,63}\.)+[A-Za-z]{2,24}(?![\w-])",
        ("@",),
        "RFC 5322, section 3.4.1",
        is_address,
    ),
    Shape("card number", r"(?<![\w.+/-])\d(?:[ -]{0,2}\d){12,18}(?![\w/-])", (), "ISO/IEC 7812-1", is_card),
    Shape(
        "iban",
        r"(?<![A-Za-z0-9_])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9_])",
        (),
        "ISO 13616-1",
        is_iban,
    ),
    Shape(
        "social security number",
        r"(?<![\w.+-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])",
        (),
        "US Social Security Administration, SSN randomization",
    ),
    Shape(
        "phone number",
        r"(?<![\w+.])(?:\+|\(\+|00(?=[1-9]))\s?\d(?:[ .\-/()]{0,2}\d){6,15}(?![\w])",
        (),
        "ITU-T E.123, international notation",
        is_international,
    ),
    Shape(
        "phone number",
        r"(?<![\w.+/-])(?:1[-. ])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}(?![\w-])",
        (),
        "North American Numbering Plan",
    ),
    Shape(
        "phone number",
        r"(?<![\w.+/:,-])\(?0\d{1,4}\)?(?:[ /-]{1,2}\d{2,9}){1,4}(?![\w:]|[.,-]\d)",
        (),
        "national notation with a trunk prefix, ITU-T E.123",
        is_national,
    ),
    Shape("phone number", r"(?<![\w.+/:,-])0[1-9]\d{8,9}(?![\w:]|[.,-]\d)", (), "the same without spaces", is_national),
    Shape(
        "phone number",
        r"(?<![\w.+-])\d(?:(?:, |\. |\.\.\. | - |[ -])\d){6,15}(?![\w])",
        (),
        "digits that are said one by one",
        is_told_singly,
    ),
)  # fmt: skip
PERSONAL_PATTERNS: Final = [re.compile(shape.pattern) for shape in PERSONAL]
_TOLD: Final = re.compile(r"(?<![\w.+/:,-])(?:\d{10,11}|\d{3}[-. ]\d{4}|\d{3}[-. ]\d{3}[-. ]\d{4})(?![\w:-]|[.,]\d)")
"""Numbers that are one of a telephone where the words before them say so."""


def told_as_calls(text: str) -> list[tuple[int, int]]:
    """Where numbers stand that the words before them tell as those of telephones."""
    found = []
    for match in _TOLD.finditer(text):
        before = text[max(0, match.start() - _BEFORE_CHARACTERS) : match.start()]
        if _CALLS.search(before) and not digits_of(match[0]).startswith(FILLED):
            found.append(match.span())
    return found


NUMBERS: Final = re.compile(r"(?<!\w)(?:\d(?:[ .,\-/()]{0,4}\d){6}|[A-Z]{2}\d{2} ?[A-Z0-9]{4})")
"""What every text has that holds a number worth a closer look."""
PHONE_FIELDS: Final = re.compile(
    r"(?i:phone|mobile|telefon|msisdn|caller|callee|whatsapp|fax|^tel|_tel$|^from_?number|^to_?number)"
)
"""Names of fields whose values are telephone numbers however they are written."""
