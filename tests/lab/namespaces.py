"""Network namespaces: made and removed in one go, and entered by a thread of this process."""

import ctypes
import os
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_CLONE_NEWNET = 0x40000000  # <linux/sched.h>


def make(names: Iterable[str]) -> None:
    feed("ip", "-batch", "-", lines=[f"netns add {name}" for name in names])


def remove(names: Iterable[str]) -> None:
    feed("ip", "-force", "-batch", "-", lines=[f"netns del {name}" for name in names])


def within(name: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do it in a thread that lives there: sockets, devices, programs that it makes stay there."""

    def there() -> T:
        _enter(name)
        return work(*args, **kwargs)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(there).result()


def feed(*program: str, lines: Iterable[str]) -> None:
    """One program for all of the lines: to start one takes longer than its work."""
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(program, input=text, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(program)}: {done.stderr.strip()}")


def settings(values: dict[str, int | str]) -> None:
    """Kernel settings of the namespace of the calling thread; a kernel may lack one."""
    for name, value in values.items():
        file = Path("/proc/sys", name.replace(".", "/"))
        if file.exists():
            file.write_text(str(value))


def _enter(name: str) -> None:
    """Python has os.setns from 3.12 on."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/run/netns", name).open() as namespace:
        if libc.setns(namespace.fileno(), _CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), name)
