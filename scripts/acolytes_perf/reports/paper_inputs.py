"""The inputs of a paper of one page that are short texts and figures with their sources."""

from __future__ import annotations

from acolytes_perf.inputs.fields import Field, text_field
from acolytes_perf.inputs.tables import Table

#: The most figures of a kind, so that the paper fits one page.
MOST_FIGURES = 4
#: What the paper says where no date is given.
NO_DATE = "not set"


def short_text(name: str, doc: str, example: str, most: int, default: str | None = None) -> Field:
    """A text that is short enough for the page; required without a default."""
    return text_field(name, doc, example, rf".{{1,{most}}}", f"a text of at most {most} characters", default)._replace(
        required=default is None
    )


FACTS = Table(
    "facts",
    (
        short_text("name", "what it is", "unit price", 40),
        short_text("value", "a figure with its unit, a date or a text", "31 USD/month", 40),
        short_text("source", "where it comes from, or the word assumption", "price list 2026-10", 50),
    ),
    f"facts that no command computed, each with its source; at most {MOST_FIGURES}",
    "unit price:31 USD/month:price list 2026-10",
    max_rows=MOST_FIGURES,
)
