"""Puts small faults into modules, one at a time, and says which of them no test notices.

``python tests/mutants/run.py [--only recording/secrets] [--jobs 2] [--again RESULT]``. A process that has loaded everything forks for
each fault, puts the changed function in place of the one that is there, and runs the tests that pass its lines,
the quickest first. What runs while the module is loaded is judged in a process that loads everything anew. No file is
changed: faults are put into the memory of processes only.
"""

from __future__ import annotations

import argparse
import ast
import functools
import gc
import importlib.machinery
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import coverage
import pytest
from hypothesis import Phase, settings

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from mutants.operators import Mutation, mutations  # noqa: E402 - found in the folder of the tests

SLOW_PATH = [f"tests/events/test_{name}.py" for name in ("checks", "faults", "damage", "decode", "mending")]
RULES = [
    str(path.relative_to(ROOT))
    for path in sorted(ROOT.glob("tests/rules/test_*.py"))
    if path.stem not in ("test_laws", "test_steady", "test_traffic", "test_damaged", "test_alone")
]
"""Without those that compare one way of judging with another: they take long, and both ways use the same rules."""
ENGINE = ("__init__", "alone", "baseline", "check", "finding", "rule", "schema", "silence", "summary")
"""What asks the rules and keeps what they find: it is these that the other tests try too."""
BOTH_WAYS = ["tests/reports", "tests/rules/test_alone.py", "tests/rules/test_steady.py", "tests/rules/test_laws.py"]
SUITES: dict[str, tuple[list[Path], list[str]]] = {
    "faults": ([ROOT / "rtcli/events/faults.py"], SLOW_PATH),
    "checks": ([ROOT / "rtcli/events/checks.py"], SLOW_PATH),
    "recording": (sorted(ROOT.glob("rtcli/recording/*.py")), ["tests/recording"]),
    "engine": ([ROOT / f"rtcli/rules/{name}.py" for name in ENGINE], RULES + BOTH_WAYS),
    "rules": ([path for path in sorted(ROOT.glob("rtcli/rules/*.py")) if path.stem not in ENGINE], RULES),
}
"""Whose faults are looked for, and by which tests."""
SLOW_S = 1.5
"""A test that takes longer is left out: nearly always a quicker one passes the same lines."""
ENOUGH_S = 2.0
"""Of the tests that pass a line, so many seconds are run."""
QUIET = ["-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:xdist"]
QUIET += ["-k", "not needs_little_more_memory and not in_time_that_grows"]
QUIET += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
QUICK = settings(
    max_examples=25, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
)

killers: dict[tuple[str, Any], list[str]] = defaultdict(list)
"""Tests that have noticed something in a function, by module and function: asked first the next time."""


def main() -> int:
    """Judge every module that is asked for; 1 where a fault went unnoticed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="part of the path of the modules")
    options.add_argument("--without", default="", help="names of modules that are left out, with commas between")
    options.add_argument("--again", type=Path, help="a result: only the faults that went unnoticed there")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--result", type=Path, default=Path(sys.prefix) / "mutants.jsonl")
    given = options.parse_args()
    unnoticed = 0
    again = unnoticed_in(given.again) if given.again else None
    with given.result.open("w") as result:
        for modules, tests in chosen(given.only.removesuffix(".py"), given.without.split(",")):
            for outcome in in_a_process_of_its_own(judged, modules, tests, given.jobs, again):
                result.write(json.dumps(outcome) + "\n")
                result.flush()
                if outcome["outcome"] not in NOTICED:
                    unnoticed += 1
                    say(f"{outcome['module']}:{outcome['fault']}  [{outcome['outcome']}]")
    summary(given.result)
    return int(bool(unnoticed))


NOTICED = ("noticed", "too long")


def unnoticed_in(result: Path) -> set[tuple[str, str]]:
    """The module and the words of each fault that went unnoticed; its line may be another by now."""
    outcomes = map(json.loads, result.read_text().splitlines())
    return {(one["module"], _words(one["fault"])) for one in outcomes if one["outcome"] not in NOTICED}


def _words(fault: str) -> str:
    return fault.partition(": ")[2]


def say(words: str) -> None:
    """One line to the one who waits."""
    os.write(SAID, words.encode() + b"\n")


SAID = os.dup(1)


def summary(result: Path) -> None:
    """How many there were, by module."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in result.read_text().splitlines():
        outcome = json.loads(line)
        for name in (outcome["module"], "together"):
            counts[name][outcome["outcome"]] += 1
    for name, by_outcome in counts.items():
        say(f"{name}: {sum(by_outcome.values())} faults, " + ", ".join(f"{n} {word}" for word, n in by_outcome.items()))


def chosen(only: str, without: Sequence[str]) -> Iterator[tuple[list[Path], list[str]]]:
    """The modules of each suite that are asked for, and the tests for them."""
    for paths, tests in SUITES.values():
        modules = [path for path in paths if only in str(path.relative_to(ROOT).with_suffix(""))]
        wanted = [path for path in modules if path.stem not in without]
        if wanted:
            yield wanted, tests


def in_a_process_of_its_own(work: Callable[..., Any], *given: Any) -> Iterator[Any]:
    """What the work has to tell, line by line, so that nothing of it stays in this process."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        with os.fdopen(writer, "w", buffering=1) as told:
            try:
                work(*given, tell=lambda one: told.write(json.dumps(one) + "\n"))
            except BaseException:  # noqa: BLE001 - nothing goes on in this process
                traceback.print_exc()
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as lines:
        for line in lines:
            yield json.loads(line)
    os.waitpid(child, 0)


def judged(modules: list[Path], tests: list[str], jobs: int, again: Any, tell: Callable[[Any], object]) -> None:
    """Judge the faults of some modules: those of functions here, the others in processes that load it anew."""
    later: list[dict[str, Any]] = []
    for one in in_a_process_of_its_own(_collected, modules, tests, jobs, again):
        (later.append if one["outcome"] == "later" else tell)(one)
    _side_by_side(
        ((one, functools.partial(_anew, Path(one["path"]), one["number"], one["tests"]), 20.0) for one in later),
        jobs,
        tell,
    )


def _collected(modules: list[Path], tests: list[str], jobs: int, again: Any, tell: Callable[[Any], object]) -> None:
    """Load and collect everything, then judge."""
    _pytest(tests, Judging(modules, jobs, again, tell), modules)


def _pytest(tests: Sequence[str], plugin: Any, measured: Sequence[Path] = ()) -> int:
    os.chdir(ROOT)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if measured:
        plugin.measure = coverage.Coverage(data_file=None, include=[str(path) for path in measured], config_file=False)
        plugin.measure.start()
    return int(pytest.main([*QUIET, *tests], plugins=[plugin]))


class TooSlowError(BaseException):
    """A test takes longer than is worth while."""


def _too_slow(*_: object) -> None:
    raise TooSlowError


class Verdicts:
    """Notes whether a test failed."""

    def __init__(self) -> None:
        self.failed = False

    def pytest_collection_finish(self) -> None:
        """Property tests look at few examples, at the same ones each time, and do not search for the smallest."""
        settings.register_profile("mutants", QUICK)
        settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Told by pytest after each part of a test."""
        self.failed |= report.failed


class Judging(Verdicts):
    """Takes the place of pytest's loop over the tests."""

    measure: coverage.Coverage

    def __init__(self, modules: list[Path], jobs: int, again: Any, tell: Callable[[Any], object]) -> None:
        super().__init__()
        self.modules, self.jobs, self.again, self.tell = modules, jobs, again, tell
        self.items: dict[str, Any] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool:
        """Run the tests once to know which lines they pass, then once a fault."""
        self.items = {item.nodeid: item for item in session.items}
        self.measure.stop()
        (seen,) = in_a_process_of_its_own(self._measured)
        say(f"{len(self.items)} tests, {sum(seen['took'].values()):.0f} s; {len(seen['slow'])} slow ones left out")
        gc.unfreeze()  # what is frozen is not among the objects that can be asked for
        functions = _functions({str(path) for path in self.modules})
        assert functions, "a fault can be put into none of the functions"
        caches = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
        gc.freeze()
        for path in self.modules:
            self._judge(path, seen["passing"].get(str(path), {}), seen["took"], functions, caches)
        return True

    def _measured(self, tell: Callable[[Any], object]) -> None:
        took: dict[str, float] = {}
        slow = []
        signal.signal(signal.SIGPROF, _too_slow)
        self.measure.start()
        for name, item in self.items.items():
            self.measure.switch_context(name)
            began, self.failed = time.process_time(), False
            signal.setitimer(signal.ITIMER_PROF, 2 * SLOW_S)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            signal.setitimer(signal.ITIMER_PROF, 0)
            took[name] = time.process_time() - began
            if self.failed and took[name] < SLOW_S:
                say(f"{name} fails without a fault, and is left out")
            if took[name] > SLOW_S or self.failed:
                slow.append(name)
        self.measure.stop()
        passing: dict[str, dict[int, list[str]]] = {}
        data = self.measure.get_data()
        for path in data.measured_files():
            by_line = data.contexts_by_lineno(path)
            passing[path] = {line: [one for one in by_line[line] if one not in slow] for line in by_line}
        tell({"took": took, "slow": slow, "passing": passing})

    def _judge(self, path: Path, passing: Any, took: Any, functions: Any, caches: Any) -> None:
        def work() -> Iterator[tuple[dict[str, Any], Callable[[], bool], float]]:
            tree = ast.parse(path.read_text())
            before = {(code.co_qualname, code.co_firstlineno): code for code in _codes(_compiled(path))}
            for number, fault in enumerate(list(mutations(tree))):
                about = {"module": str(path.relative_to(ROOT)), "fault": _short(fault), "number": number}
                if self.again is not None and (about["module"], _words(about["fault"])) not in self.again:
                    continue
                first = [
                    *killers[str(path), fault.function],
                    *(one for one in took if f"/test_{path.stem}.py::" in one),
                ]
                tests, loading = _tests(fault, passing, took, first)
                if not tests and not loading:
                    self.tell({**about, "outcome": "no test"})
                elif fault.function is None or loading:
                    self.tell({**about, "path": str(path), "tests": tests or ["all"], "outcome": "later"})
                else:
                    put = functools.partial(_put, path, tree, fault, before, functions)
                    do = functools.partial(self._try, put, tests, caches)
                    about["key"] = [str(path), fault.function]
                    yield about, do, 2 + 3 * sum(took[one] for one in tests)

        _side_by_side(work(), self.jobs, self.tell)

    def _try(self, put: Callable[[], None], tests: list[str], caches: Any) -> str:
        """In a child: put the fault in place, and give the name of the test that notices it."""
        put()
        for cache in caches:
            cache.cache_clear()
        for name in tests:
            item = self.items[name]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if self.failed:
                return name
        return ""


def _short(fault: Mutation) -> str:
    words = [one if len(one) < 110 else one[:107] + "..." for one in (fault.before, fault.after)]
    return f"{min(fault.lines)}: {words[0]}  →  {words[1]}"


def _tests(fault: Mutation, passing: Any, took: Any, first: list[str]) -> tuple[list[str], bool]:
    """The tests that pass the lines of a fault, and whether they are passed while everything is loaded.

    First come those that noticed something before, and those of the module itself.
    """
    names = {name for line in fault.lines for name in passing.get(str(line), ())}
    loading = "" in names
    names.discard("")
    chosen, total = [], 0.0
    for name in sorted(names, key=lambda one: (one not in first, took[one])):
        if total < ENOUGH_S:
            chosen.append(name)
            total += took[name]
    return chosen, loading


def _side_by_side(work: Iterator[Any], jobs: int, tell: Callable[[Any], object]) -> None:
    """Do each piece of work in a fork, some at a time."""
    running: dict[int, tuple[dict[str, Any], int]] = {}
    for about, do, limit_s in work:
        while len(running) >= jobs:
            _ended(running, tell)
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit_s) + 1, int(limit_s) + 3))
            signal.alarm(int(limit_s) * 20)
            os.close(reader)
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
            try:
                noticed_by = do()
            except BaseException as error:  # noqa: BLE001 - whatever goes wrong was noticed
                noticed_by = f"{type(error).__name__}: {error}"
            os.write(writer, noticed_by.encode()[:4000])
            os._exit(1 if noticed_by else 0)
        os.close(writer)
        running[child] = (about, reader)
    while running:
        _ended(running, tell)


def _ended(running: dict[int, tuple[dict[str, Any], int]], tell: Callable[[Any], object]) -> None:
    child, status = os.wait()
    about, reader = running.pop(child)
    noticed_by = os.read(reader, 4000).decode(errors="replace")
    os.close(reader)
    signal_sent = os.WIFSIGNALED(status)
    key = about.pop("key", None)
    if key and "::" in noticed_by:
        known = killers[key[0], key[1] and tuple(key[1])]
        if noticed_by not in known:
            known.append(noticed_by)
    outcome = "too long" if signal_sent else "noticed" if noticed_by else "unnoticed"
    tell({**about, "outcome": outcome, "by": noticed_by})


def _functions(paths: set[str]) -> dict[tuple[str, Any], list[FunctionType]]:
    """The functions that exist, by file and by where their code stands in it."""
    found = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename in paths:
            found[one.__code__.co_filename, _where(one.__code__)].append(one)
    return found


def _where(code: CodeType) -> tuple[Any, ...]:
    return (code.co_qualname, code.co_firstlineno, next(iter(code.co_positions()), None))


def _codes(code: CodeType) -> Iterator[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)


def _put(path: Path, tree: ast.Module, fault: Mutation, before: Any, functions: Any) -> None:
    """Give the functions of a module the code that they have with the fault."""
    gc.disable()
    fault.apply()
    changed = compile(tree, str(path), "exec", dont_inherit=True)
    for code in _codes(changed):
        if (code.co_qualname, code.co_firstlineno) != fault.function:
            continue
        old = before[fault.function]
        pairs = [(old, code), *zip(_codes(old), _codes(code), strict=False)]
        for one, new in pairs:
            if one.co_qualname == new.co_qualname:
                for function in functions.get((str(path), _where(one)), ()):
                    function.__code__ = new


def _compiled(path: Path) -> CodeType:
    return compile(path.read_text(), str(path), "exec", dont_inherit=True)


def _changed(path: Path, number: int) -> tuple[Mutation, CodeType]:
    tree = ast.parse(path.read_text())
    fault = list(mutations(tree))[number]
    fault.apply()
    return fault, compile(tree, str(path), "exec", dont_inherit=True)


def _anew(path: Path, number: int, tests: list[str]) -> str:
    """In a child that has loaded nothing yet: load the module with the fault, and run the tests."""
    _fault, changed = _changed(path, number)
    usual = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: Any, name: str) -> Any:
        return changed if getattr(loader, "path", "") == str(path) else usual(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    if tests == ["all"]:
        tests = [one for paths, folders in SUITES.values() if path in paths for one in folders]
    verdicts = Verdicts()
    code = _pytest(["-x", *tests], verdicts)
    return f"exit code {code}" if code else ""


if __name__ == "__main__":
    sys.exit(main())
