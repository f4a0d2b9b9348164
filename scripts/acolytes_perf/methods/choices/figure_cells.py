"""Figures of quality from the columns of a file, as one text for each row."""

from __future__ import annotations

import re

from acolytes_perf.series.cells import heading_unit
from acolytes_perf.series.sheets import Sheet


def figures_cells(sheet: Sheet) -> list[str]:
    """The figures of each row of a file as one text; their columns have the roles `figure NAME`."""
    parts: list[list[str]] = [[] for _ in sheet.cells.rows]
    for role in sheet.places:
        if not role.startswith("figure "):
            continue
        name = role.partition(" ")[2]
        unit = heading_unit(sheet.heading(role)) if name != "availability" else ""
        for row, text in enumerate(sheet.texts(role)):
            if text:
                is_plain = re.fullmatch(r"[\d.]+", text) is not None
                parts[row].append(f"{name}={text}{f' {unit}' if is_plain and unit else ''}")
    return ["; ".join(texts) for texts in parts]
