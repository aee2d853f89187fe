"""Fuzzes every target for a while with atheris: ``python tests/fuzz/run.py [--seconds 60] [--only NAME]``.

What is found goes into the folder of the environment that it runs in: inputs that reach something new into
``found``, those that break something into ``broken``. ``--keep`` copies of the first what is new by lines of code into
``tests/fuzz/corpus``, the smallest first.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).parents[2]
CORPUS = Path(__file__).parent / "corpus"
WORK = Path(sys.prefix)
LIMIT_S, LIMIT_MB = 60, 1024
"""By the clock, on a machine that may have other things to do."""
KEPT_BYTES = 20_000
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]


def main() -> int:
    """Run each target in a process of its own, and say how it went."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--only", default="")
    options.add_argument("--keep", action="store_true")
    options.add_argument("--child", default="", help=argparse.SUPPRESS)
    given, rest = options.parse_known_args()
    if given.child:
        return fuzz(given.child, rest)
    from fuzz.catalogue import TARGETS, target

    names = given.only.split(",") if given.only else list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        sys.exit(f"there is no target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    if given.keep:
        for name in names:
            if target(name).lasts:
                keep(name)
        return 0
    failed = [name for name in names if not run(name, given.seconds)]
    if failed:
        _say(f"broken: {', '.join(failed)}; the inputs are in {WORK / 'broken'}")
    return int(bool(failed))


def run(name: str, seconds: int) -> bool:
    """Fuzz one target; whether nothing was found."""
    from fuzz.catalogue import target

    chosen, found, broken = target(name), WORK / "found" / name, WORK / "broken" / name
    (CORPUS / name).mkdir(parents=True, exist_ok=True)
    broken.mkdir(parents=True, exist_ok=True)
    if not found.is_dir():
        found.mkdir(parents=True)
        for seed in chosen.seeds():
            if len(seed) <= chosen.max_bytes:
                (found / sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)
    before, inputs = resource.getrusage(resource.RUSAGE_CHILDREN), len(list(found.iterdir()))
    done = subprocess.run(
        [
            *(sys.executable, __file__, "--child", name, f"-max_total_time={seconds}", f"-timeout={LIMIT_S}"),
            *(f"-rss_limit_mb={LIMIT_MB}", f"-max_len={chosen.max_bytes}", f"-artifact_prefix={broken}/"),
            *("-print_final_stats=1", "-report_slow_units=5", str(found), str(CORPUS / name)),
        ],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    executions = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    report = {
        "target": name,
        "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "executions": int(executions[1]) if executions else 0,
        "new_inputs": len(list(found.iterdir())) - inputs,
        "broke": done.returncode != 0,
    }
    _say(
        f"{name:<10} {report['executions']:>9,} inputs in {report['cpu_s']:>7,.1f} s of CPU, {report['new_inputs']:>5,} reached something new"
        f"{', and something broke' if report['broke'] else ''}"
    )
    with (WORK / "fuzzed.jsonl").open("a") as log:
        log.write(json.dumps(report) + "\n")
    (WORK / f"{name}.log").write_text(done.stdout + done.stderr)
    if done.returncode:
        _say(_fault(done.stdout + done.stderr))
    return done.returncode == 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _fault(told: str) -> str:
    """What of all that was said is about the fault."""
    begins = [
        place
        for sign in ("=== Uncaught", "Traceback", "==ERROR", "ERROR:", "ALARM:")
        if (place := told.find(sign)) >= 0
    ]
    return told[min(begins, default=-1500) :][:4000]


def fuzz(name: str, arguments: list[str]) -> int:
    """Fuzz in this process, which ends with it."""
    import atheris

    # What is imported before anything is watched is not watched.
    with atheris.instrument_imports(include=["rtcli"]):
        from fuzz.catalogue import target

        chosen = target(name)
        for module in _modules(chosen.packages):
            importlib.import_module(module)
    from fuzz.mutation import mutated

    def change(data: bytes, max_size: int, seed: int) -> bytes:
        return mutated(data, max_size, seed, atheris.Mutate)

    options: dict[str, Any] = {"custom_mutator": change} if chosen.mutates_json else {}
    atheris.Setup([sys.argv[0], *arguments], chosen.check, **options)
    atheris.Fuzz()
    return 0


def _modules(packages: tuple[str, ...]) -> Iterator[str]:
    """The modules in some packages, with those that are else imported when they are needed."""
    for home in packages:
        module = importlib.import_module(f"rtcli.{home}")
        yield module.__name__
        for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"rtcli.{home}."):
            yield found.name


def keep(name: str) -> None:
    """Copy what reaches lines that nothing before it reached, the smallest first, as long as there is room."""
    from fuzz.catalogue import target
    from fuzz.material import is_of_others

    chosen, kept = target(name), CORPUS / name
    kept.mkdir(parents=True, exist_ok=True)
    old = sorted(path.read_bytes() for path in kept.iterdir())
    new = sorted({path.read_bytes() for path in (WORK / "found" / name).iterdir()}, key=lambda data: (len(data), data))
    reached: set[tuple[str, int]] = set()
    for data in old:
        reached |= _lines_of(chosen.check, data)
    size = sum(map(len, old))
    for data in new:
        if len(data) > KEPT_BYTES // 8 or is_of_others(data):
            continue
        lines = _lines_of(chosen.check, data)
        if len(lines - reached) > 1 and size + len(data) <= KEPT_BYTES:
            size += len(data)
            reached |= lines
            (kept / sha1(data, usedforsecurity=False).hexdigest()[:16]).write_bytes(data)
    _say(f"{name}: {len(list(kept.iterdir()))} inputs, {size} bytes, {len(reached)} lines of code")


def _lines_of(check: Any, data: bytes) -> set[tuple[str, int]]:
    """The lines of the project that an input reaches."""
    reached: set[tuple[str, int]] = set()
    home = f"{ROOT}{os.sep}rtcli{os.sep}"

    def local(frame: FrameType, event: str, _argument: Any) -> Any:
        reached.add((frame.f_code.co_filename, frame.f_lineno))
        return local

    def enter(frame: FrameType, event: str, _argument: Any) -> Any:
        return local if frame.f_code.co_filename.startswith(home) else None

    sys.settrace(enter)
    try:
        check(data)
    finally:
        sys.settrace(None)
    return reached


if __name__ == "__main__":
    sys.exit(main())
