"""Times in ISO 8601 as Go writes them, with up to nine digits of a second."""

from __future__ import annotations

import re
from datetime import datetime, timezone

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(?:Z|([+-]\d\d):?(\d\d))?", re.ASCII)


def read_timestamp(text: str) -> float:
    """Seconds since 1970, in UTC where the text has no zone; ValueError for any other text.

    >>> read_timestamp("2026-01-01T01:00:00.5+01:00")
    1767225600.5
    """
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError("not a time")
    moment = datetime.fromisoformat(f"{match[1]}T{match[2]}").replace(tzinfo=timezone.utc)
    offset = int(match[4]) * 3600 + int(match[4][0] + match[5]) * 60 if match[4] else 0
    return moment.timestamp() - offset + float(match[3] or 0)
