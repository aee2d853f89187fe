"""What tests share: the folder with the protocol's facts and captured traffic; no clock decides one, and few examples do."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings
from sweeping import examples

settings.register_profile("untimed", settings.default, deadline=None, max_examples=examples(100))
settings.load_profile("untimed")

# Whoever runs this in the background has programs ignore what ends them, and programs hand that on to those they start.
for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)

SHARED = Path(__file__).parents[1].parent / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder ``shared`` beside the project; tests that need it skip where it is missing."""
    if not (SHARED / "traffic").is_dir():
        pytest.skip(f"there is no {SHARED.name}/traffic beside the project")
    return SHARED


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: who waits for a process or a socket leaves its core to another."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Look for garbage only where there can be some: what is collected here stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
