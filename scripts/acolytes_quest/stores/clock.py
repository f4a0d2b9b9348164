"""Time for leases: seconds since boot, which do not jump when the clock is set or a laptop sleeps.

A clock is a function that returns `(boot, seconds)`. Leases of another boot have ended: their holders died with it.
"""

from __future__ import annotations

import sys
import time

_boot_id: list[str] = []  # read once in each process


def system_clock() -> tuple[str, float]:
    """Return this host's boot id and CLOCK_MONOTONIC in seconds."""
    if not _boot_id:
        _boot_id.append(_read_boot_id())
    return _boot_id[0], time.monotonic()


def is_over(boot: str, until: float, now: tuple[str, float]) -> bool:
    """Whether a time limit set at `boot` for `until` seconds has passed at `now`."""
    return boot != now[0] or until <= now[1]


def _read_boot_id() -> str:
    if sys.platform == "darwin":
        return _darwin_boot_id()
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""  # without it a lease outlives a reboot by at most its own length


def _darwin_boot_id() -> str:
    import ctypes

    size = ctypes.c_size_t(64)
    buffer = ctypes.create_string_buffer(size.value)
    failed = ctypes.CDLL(None).sysctlbyname(b"kern.bootsessionuuid", buffer, ctypes.byref(size), None, 0)
    return "" if failed else buffer.value.decode("ascii", "replace")
