"""Runs the commands that come in, a line of JSON each, and answers what each of them took.

A process of its own, which imports next to nothing: Linux counts the memory of the process that starts
a program towards that program's peak, so whoever starts it has to be smaller than anything measured.
"""

from __future__ import annotations

import json
import os
import sys
import time


def run(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Seconds, seconds of CPU, peak memory in MiB and exit code of one process, its output thrown away."""
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, number) for number in (0, 1, 2)]
    began = time.perf_counter()
    process = os.posix_spawn(command[0], command, environment, file_actions=actions)
    _, status, used = os.wait4(process, 0)
    took = time.perf_counter() - began
    os.close(null)
    return {
        "wall_s": took,
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_mib": used.ru_maxrss / 1024,
        "code": os.waitstatus_to_exitcode(status),
    }


def main() -> None:
    """Answer until there is nothing more to run."""
    for line in sys.stdin:
        print(json.dumps(run(*json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
