"""A table by class knows the classes that extend one of its own."""

from __future__ import annotations

import pytest

from rtcli.session.by_class import ByClass


class Animal:
    pass


class Dog(Animal):
    pass


class Puppy(Dog):
    pass


class Stone:
    pass


def test_a_class_has_what_stands_for_it():
    assert ByClass({Animal: "eats", Dog: "barks"})[Dog] == "barks"


def test_a_class_that_is_not_listed_has_what_the_nearest_one_has_that_it_extends():
    assert ByClass({Animal: "eats", Dog: "barks"})[Puppy] == "barks"
    assert ByClass({Animal: "eats"})[Puppy] == "eats"


def test_what_was_looked_up_once_is_in_the_table():
    table = ByClass({Animal: "eats"})
    assert Dog not in table
    assert table[Dog] == "eats"
    assert Dog in table


def test_a_class_that_extends_none_of_them_is_not_in_it():
    table = ByClass({Animal: "eats"})
    with pytest.raises(KeyError):
        table[Stone]
    assert Stone not in table
