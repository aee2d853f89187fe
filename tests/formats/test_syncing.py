"""Bringing files to the disk: all that are due, side by side, by a few threads."""

from __future__ import annotations

import threading

import pytest

from rtcli.formats.syncing import HANDS, Syncing


@pytest.mark.parametrize("files", [1, 2, HANDS, 100])
def test_all_files_are_brought_to_the_disk_by_the_same_few_threads_whenever_they_are_due(files):
    syncing, threads, rounds = Syncing(), [], threading.Semaphore(0)

    def bring():
        threads.append(threading.current_thread())
        rounds.release()

    for _ in range(2):
        for _ in range(files):
            syncing.soon(bring)
        for _ in range(files):
            assert rounds.acquire(timeout=20)
    assert len(threads) == 2 * files
    assert {thread.name for thread in threads} == {"rtcli-sync"}
    assert len(set(threads)) <= HANDS


def test_a_file_that_takes_long_holds_up_no_other():
    syncing, others, end = Syncing(), threading.Semaphore(0), threading.Event()
    for number in range(12):
        syncing.soon(end.wait if number in {0, 7} else others.release)
    for _ in range(10):
        assert others.acquire(timeout=20)
    end.set()


def test_files_are_on_their_way_side_by_side():
    syncing, together = Syncing(), threading.Barrier(HANDS, timeout=20)
    arrived = threading.Semaphore(0)

    def bring():
        together.wait()
        arrived.release()

    for _ in range(HANDS):
        syncing.soon(bring)
    for _ in range(HANDS):
        assert arrived.acquire(timeout=30)
