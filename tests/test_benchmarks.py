"""What is measured is a session in order: a benchmark that finds something stops, and measures nothing."""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest

from rtcli.events import Listener
from rtcli.formats import read
from rtcli.rules import RULES, Check

CORPUS = Path(__file__).parents[1] / "benchmarks" / "corpus.py"


@pytest.fixture(scope="module")
def corpus():
    spec = util.spec_from_file_location("corpus", CORPUS)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("mix", ["audio_heavy", "text_heavy"])
def test_no_rule_finds_anything_in_the_recordings_to_measure_with(corpus, mix, tmp_path):
    path = getattr(corpus, mix)(2_000_000, folder=tmp_path)
    listener = Listener()
    check = Check(RULES, listener)
    assert list(check.run(read(path, listener))) == []
    assert check.events > 400
