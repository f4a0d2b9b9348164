"""The inputs of `budget check` for a page: Lighthouse reports, or the metrics of its runs."""

from __future__ import annotations

from acolytes_perf.inputs.fields import Field, choice_field
from acolytes_perf.inputs.tables import Table
from acolytes_perf.inputs.units import TEXT
from acolytes_perf.methods.runs.files import runs_field

#: As in `page_score.METRICS`, which would take longer to import.
METRIC_NAMES = ("fcp", "si", "lcp", "tbt", "cls")

PAGES = runs_field("pages", "Lighthouse reports in JSON of one page, one for each run", "lighthouse-*.json")
PAGE_VALUES = Table(
    "page_values",
    (
        Field("metric", TEXT, "fcp, si, lcp, tbt or cls", "lcp", required=True, choices=METRIC_NAMES),
        Field("value", TEXT, "its value in one run", "2.5s", required=True),
    ),
    "metrics of a page's runs, one row for each run and metric, instead of reports",
    "fcp:2130ms,si:5.8s,lcp:4s,tbt:600ms,cls:0.25", max_rows=500,
)  # fmt: skip
DEVICE = choice_field("device", "the curves of the score, for page_values", ("mobile", "desktop"), None)
