"""Every input that ever found something, or reached something new, goes through its target again."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz.catalogue import TARGETS, target

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_kept_of_the_fuzzing_raises_nothing(name):
    for path in sorted((CORPUS / name).glob("*")):
        try:
            target(name).check(path.read_bytes())
        except Exception as error:
            raise AssertionError(f"{path}") from error


def test_every_input_that_is_kept_is_of_a_target_and_all_are_small():
    assert {path.name for path in CORPUS.iterdir()} <= set(TARGETS)
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 500_000
