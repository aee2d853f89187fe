"""What tells who somebody is: numbers of cards, accounts and telephones."""

from __future__ import annotations

import pytest
from planted import with_check_digit

from rtcli.recording.personal import (
    is_address,
    is_card,
    is_iban,
    is_international,
    is_national,
    is_told_singly,
    told_as_calls,
)
from rtcli.recording.placeholders import Placeholders

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def account(country, number):
    """An account number with its check digits, as ISO 13616 reckons them: letters count from 10, mod 97."""
    digits = "".join(str(LETTERS.index(one) + 10) if one in LETTERS else one for one in f"{number}{country}00")
    return f"{country}{98 - int(digits) % 97:02}{number}"


@pytest.mark.parametrize(
    "start", ["411111111111111", "51111111111111", "222111111111111", "3711111111111", "6011111111111111"]
)
def test_a_card_is_told_by_its_issuer_and_its_check_digit(start):
    length = {"4": 15, "5": 15, "2": 15, "3": 14, "6": 15}[start[0]]
    number = with_check_digit((start + "1" * 5)[:length])
    assert is_card(number)
    assert is_card(f"{number[:4]} {number[4:]}")
    assert not is_card(number[:-1] + str((int(number[-1]) + 5) % 10))


def test_a_number_with_a_check_digit_that_nobody_issues_is_no_card():
    assert not is_card(with_check_digit("123456781234567"))
    assert not is_card(with_check_digit("41111111111"))


@pytest.mark.parametrize(("length", "it_is"), [(14, False), (15, True), (22, True), (34, True), (35, False)])
def test_an_account_has_15_to_34_characters(length, it_is):
    assert is_iban(account("XK", ("5432A198" * 5)[: length - 4])) is it_is


def test_an_account_is_told_by_its_check_digits_and_not_by_the_blanks_in_it():
    assert is_iban("NO93 8601 1117 947")
    assert is_iban("no9386011117947")
    assert not is_iban("NO92 8601 1117 947")
    assert is_iban(account("DE", "100000000000123456")), "the German central bank's own code is a one and seven zeros"


@pytest.mark.parametrize(
    "number",
    [account("XK", "543210987654"), account("GB", "WEST12345698765432"), account("IT", "X0542811101000000123456")],
)
def test_what_stands_for_an_account_is_none_however_many_there_are(number):
    placeholders = Placeholders()
    for last in range(300):
        assert not is_iban(placeholders.of("iban", f"{number[:-3]}{last:03}"))


@pytest.mark.parametrize(
    ("number", "it_is"),
    [
        ("+" + "4" * 7, False),
        ("+" + "4" * 8, True),
        ("+" + "4" * 15, True),
        ("+" + "4" * 16, False),
        ("00" + "4" * 15, True),
        ("00" + "4" * 16, False),
        ("+00000 123456", False),
    ],
)
def test_an_international_number_has_8_to_15_digits(number, it_is):
    """Source: E.164, at most 15 digits."""
    assert is_international(number) is it_is


@pytest.mark.parametrize(
    ("number", "it_is"),
    [
        ("0" + "3" * 7, False),
        ("0" + "3" * 8, True),
        ("0" + "3" * 11, True),
        ("0" + "3" * 12, False),
        ("00" + "3" * 8, False),
        ("0123456789", False),
        ("0 12 34 56 78 90", False),
        ("0124356789", True),
    ],
)
def test_a_national_number_has_9_to_12_digits_and_is_not_counted(number, it_is):
    assert is_national(number) is it_is


@pytest.mark.parametrize(
    ("said", "it_is"),
    [
        ("2 7 4 1 9 3", False),
        ("2 7 4 1 9 3 5", True),
        (" ".join("2741935841726395"), True),
        (" ".join("27419358417263958"), False),
        ("1 2 3 4 5 6 7 8", False),
        ("7 8 9 0 1 2 3", False),
        ("9 8 7 6 5 4 3", False),
        ("1 2 3 4 5 6 8", True),
        ("0 0 0 0 0 2 7 4", False),
        ("0 0 0 0 2 7 4 1", True),
    ],
)
def test_digits_that_are_said_one_by_one_are_a_number_unless_somebody_counts(said, it_is):
    assert is_told_singly(said) is it_is


def test_an_address_that_stands_for_another_is_none():
    assert is_address("a@mail.example")
    assert not is_address("xa@xxxx.xxx")


def test_a_number_is_one_of_a_telephone_where_the_words_just_before_it_say_so():
    number = "555-0192"
    assert told_as_calls(f"Call {number}") == [(5, 13)]
    assert told_as_calls(f"Take {number}") == []
    assert told_as_calls(f"{number} is the number") == []
    assert told_as_calls(f"Call{'.' * 43} {number}") == [(48, 56)]
    assert told_as_calls(f"Call{'.' * 44} {number}") == []
    assert told_as_calls("Call 0000012345") == []
    assert told_as_calls(f"Call {number} or ring {number}") == [(5, 13), (22, 30)]
