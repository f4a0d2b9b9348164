"""Where a figure of a report comes from: ids of answers, the word assumption, or a source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_ID = re.compile(r"(?<!\w)[0-9a-f]{8,12}(?!\w)")
_FULL_ID = re.compile(r"(?=.*[a-f])(?=.*\d)[0-9a-f]{12}")
#: The words assumption and source in German, French, Spanish, Italian, Portuguese and Dutch.
_OTHER_ASSUMPTIONS = "annahmen?|hypothèses?|supuestos?|ipotesi|pressupostos?|aannames?"
_OTHER_SOURCES = "quellen?|fuentes?|fonti|fontes?|bron(?:nen)?"
_ASSUMPTION = re.compile(rf"\b(?:assum(?:e|ed|es|ing|ption|ptions)|angenommen|{_OTHER_ASSUMPTIONS})\b", re.IGNORECASE)
_FILE = re.compile(
    r"[\w*?/.-]*\w[\w*?-]*\.(?:csv|tsv|json|ndjson|jsonl|jtl|log|hgrm|hlog|xlsx?|parquet|ya?ml|toml|ini|conf|tf|sql|py|js|"
    r"ts|go|java|rb|txt|html?|pdf|md|properties|gz)\b"
)
_NOT_NAMES = (
    r"(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Black|Cyber|In|By|Since|Until|"
    r"From|Before|After|During|Late|Early|Mid|End|Year|FY|Q[1-4])\w*\b)"
)
_SOURCES = (
    re.compile(r"\]\((?!#)[^()\s]+(?:\s\"[^\"]*\")?\)"),  # a link
    re.compile(r"\]\[[^\]]+\]"),
    re.compile(r"https?://|\bdoi\b", re.IGNORECASE),
    re.compile(rf"\b(?:sources?|{_OTHER_SOURCES})\s?:", re.IGNORECASE),
    re.compile(r"\b(?:according to|quoted (?:from|by)|published (?:in|by)|taken from)\b", re.IGNORECASE),
    re.compile(
        r"\b(?:from|in|of|per|by|says?|states?) the (?:users?'? |customers?'? )?"
        r"(?:request|brief|ticket|contract|invoice|price list|question|order)\b",
        re.IGNORECASE,
    ),
    # (Tijms 2003), (Hyndman and Athanasopoulos, 2021, chapter 8)
    re.compile(
        rf"\((?:see |after )?{_NOT_NAMES}[A-Z][\w'’-]+(?:(?:,| and| &) [A-Z][\w'’-]+)*(?: et al\.)?,? "
        r"(?:19|20)\d\d[a-z]?(?:,[^()]*)?\)"
    ),
    re.compile(rf"\b{_NOT_NAMES}[A-Z][\w'’-]+(?: and [A-Z][\w'’-]+| et al\.)? \((?:19|20)\d\d[a-z]?(?:,[^()]*)?\)"),
    _FILE,
    re.compile(r"[(|,]\s*(?:see )?README\b|\b(?:from|in|of|per|by|says?|states?) the README\b"),
)
_NOTE = re.compile(r"\[\^([^\]]+)\]")
_ORIGIN_COLUMN = re.compile(
    rf"\W*(?:origins?|sources?|{_OTHER_SOURCES}|results?(?: ids?)?|ids?|evidence|references?|refs?\.?|basis|provenance|"
    r"from|comes from)\W*",
    re.IGNORECASE,
)
_ASSUMPTION_COLUMN = re.compile(rf".*\b(?:assum(?:ed|ption|ptions)|{_OTHER_ASSUMPTIONS})\b.*", re.IGNORECASE)
#: What a cell says that names no origin.
_NOTHING = re.compile(
    r"\W*|n/?a|none|tbd|todo|unknown|unclear|open|(?:unverified )?(?:estimates?|estimated)|guess(?:ed)?|own|us|"
    r"internal|see (?:text|above|below)|calculated|computed|derived",
    re.IGNORECASE,
)


class Origin(NamedTuple):
    """What a piece of text says about where its figures come from.

    Attributes:
        ids: of answers, each with its place in the piece.
        is_assumption: it has the word assumption.
        has_source: it names a source.
    """

    ids: tuple[tuple[str, int], ...]
    is_assumption: bool
    has_source: bool

    @property
    def is_named(self) -> bool:
        """Whether it is an assumption or has a source."""
        return self.is_assumption or self.has_source


def find_origin(text: str, known_ids: set[str], notes: Mapping[str, str]) -> Origin:
    """Read the origin that a piece of text names.

    Args:
        text: of a sentence, an item or a row.
        known_ids: of the answers; a beginning of 8 characters or more is enough for one of these.
        notes: footnotes by name.
    """
    ids = []
    for match in _ID.finditer(text):
        found = [full for full in known_ids if full.startswith(match[0])]
        if len(found) == 1:
            ids.append((found[0], match.start()))
        elif _FULL_ID.fullmatch(match[0]) and text[max(0, match.start() - 1) : match.start()] not in ("-", "/"):
            ids.append((match[0], match.start()))
    is_assumption, has_source = bool(_ASSUMPTION.search(text)), any(pattern.search(text) for pattern in _SOURCES)
    for match in _NOTE.finditer(text):
        note = notes.get(match[1])
        if note is not None:
            found_there = find_origin(note, known_ids, {})
            ids += [(one, match.start()) for one, _ in found_there.ids]
            is_assumption = is_assumption or found_there.is_assumption
            # a footnote without an id or an assumption is a citation
            has_source = has_source or not (found_there.ids or found_there.is_assumption)
    return Origin(tuple(ids), is_assumption, has_source)


def is_origin_column(heading: str) -> bool:
    """Whether the cells of a column say where the row's figures come from."""
    return bool(_ORIGIN_COLUMN.fullmatch(heading.strip()))


def is_assumption_heading(heading: str) -> bool:
    """Whether all figures below a heading, or in a column, are assumptions."""
    return bool(_ASSUMPTION_COLUMN.fullmatch(heading.strip()))


def names_origin(cell: str) -> bool:
    """Whether a cell of an origin column names something."""
    return not _NOTHING.fullmatch(cell.strip().strip("`*_").strip())
