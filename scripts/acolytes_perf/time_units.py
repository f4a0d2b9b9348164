"""Units of time, which inputs and texts share."""

from __future__ import annotations

#: Seconds in each unit, from the smallest to the largest.
SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
