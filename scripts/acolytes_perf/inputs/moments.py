"""The range of times, and how a time is shown."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from acolytes_perf.inputs.units import Value

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: From 1900 to 2200.
EARLIEST, LATEST = -2208988800.0, 7258118400.0


def show_time(value: Value) -> str:
    """ISO 8601 in UTC, as short as the time allows.

    >>> show_time(1772323200), show_time(1772373600)
    ('2026-03-01', '2026-03-01T14:00Z')
    """
    moment = _EPOCH + timedelta(seconds=round(float(value), 3))
    if not (moment.hour or moment.minute or moment.second or moment.microsecond):
        return moment.strftime("%Y-%m-%d")
    if moment.microsecond:
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ" if moment.second else "%Y-%m-%dT%H:%MZ")
