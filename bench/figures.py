"""Figures of a bench that has cases: rows of its table, each with a limit or without, and statistics."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure; `most` is its limit, `published` the same figure of the published package."""

    case: str
    what: str
    value: float
    unit: str
    most: float | None = None
    published: float | None = None

    @property
    def missed(self) -> bool:
        """Whether the figure is above its limit."""
        return self.most is not None and self.value > self.most

    def line(self) -> str:
        """Return the row as a line of the table."""
        most = "" if self.most is None else f"at most {self.most:g}" + (" MISSED" if self.missed else "")
        theirs = "" if self.published is None else f"published {self.published:.4g}"
        return f"{self.case:<10}{self.what:<74}{self.value:>10.4g} {self.unit:<12}{most:<22}{theirs}".rstrip()


def percentile(values: list[float], percent: float) -> float:
    """Return the value that `percent` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]
