"""To import a module of rtcli does nothing: no file is written, no socket opened, no thread begun, no variable read."""

from __future__ import annotations

import subprocess
import sys

SPY = """
import os, pkgutil, signal, sys, threading
from importlib import import_module

# What other packages do when they are loaded is theirs.
for name in ("asyncio", "ctypes", "concurrent.futures.thread", "jinja2", "jmespath", "msgspec", "pybase64", "rich.console",
             "rich.live", "typer.main", "websockets.asyncio.client", "websockets.asyncio.server",
             "websockets.sync.client", "websockets.proxy", "websockets.extensions.permessage_deflate", "yaml", "zstandard", "email.utils", "ssl", "http.client"):
    try:
        import_module(name)
    except ImportError:
        pass
try:
    import numpy, pyarrow.parquet, soxr
except ImportError:
    pass
before = {number: signal.getsignal(number) for number in signal.valid_signals()}
threads, hook = threading.active_count(), sys.excepthook
done = []

def listen(event, arguments):
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        done.append((event, arguments[:2]))
    elif event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and ".pyc" not in str(arguments[0]):
        done.append((event, arguments))
    elif event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.remove", "os.rename",
                           "os.mkdir", "os.putenv", "os.unsetenv", "ctypes.dlopen", "shutil.", "urllib.", "tempfile.")):
        done.append((event, arguments))

class Variables(type(os.environ)):
    def __getitem__(self, name):
        frame = sys._getframe(1)
        while frame and not frame.f_globals.get("__name__", "").startswith("rtcli"):
            if frame.f_globals.get("__name__", "").startswith("importlib"):
                break
            frame = frame.f_back
        if frame and frame.f_globals.get("__name__", "").startswith("rtcli"):
            done.append(("a variable is read", name))
        return super().__getitem__(name)

os.environ.__class__ = Variables
sys.addaudithook(listen)
import rtcli
count = 0
for module in pkgutil.walk_packages(rtcli.__path__, "rtcli."):
    import_module(module.name)
    count += 1
assert before == {number: signal.getsignal(number) for number in signal.valid_signals()}, "a signal is taken"
assert threads == threading.active_count(), "a thread runs"
assert hook is sys.excepthook
assert not done, done
print(count)
"""


def test_every_module_is_loaded_without_doing_anything(tmp_path):
    done = subprocess.run(
        [sys.executable, "-B", "-c", SPY], capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 300
    assert list(tmp_path.iterdir()) == []
