"""Ids as the real server makes them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from rtcli.standin.identity import Ids


def test_an_id_looks_like_the_real_ones():
    assert re.fullmatch(r"item_[A-Za-z0-9]{21}", Ids().new("item"))


def test_the_same_seed_gives_the_same_ids_and_no_id_twice():
    one, two = Ids(3), Ids(3)
    made = [one.new("item") for _ in range(1000)]
    assert made == [two.new("item") for _ in range(1000)]
    assert len(set(made)) == 1000


def test_without_a_seed_every_run_has_its_own():
    assert Ids().new("item") != Ids().new("item")


@given(st.text(max_size=100))
def test_a_delta_and_its_obfuscation_fill_sixteens(delta):
    veil = Ids(1).obfuscation(delta)
    assert veil
    assert (len(delta) + len(veil)) % 16 == 0
