"""Finds the numbers with a unit in a text, as people write them: `1,200/s`, `94,8 %`, `$1.2M`, `40 to 60 ms`.

Dates, versions, years, percentiles such as p95, and confidence levels are no figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from acolytes_perf.reports.foreign_units import unit_in
from acolytes_perf.reports.language import ENGLISH
from acolytes_perf.reports.units import BEFORE, Unit, money_after

#: 1,836 and 1 836.5; a number does not begin with 0 where a comma separates thousands.
_GROUPED = r"(?:[1-9]\d{0,2}(?:,\d{3})+|\d{1,3}(?:[_'\u2019 \u00a0\u202f]\d{3})+)(?!\d|,\d)(?:\.\d+)?"
#: 94,8 and 1.836,5, as German and other languages write; in a list such as 12,45,120 commas are no decimal signs.
_DECIMAL_COMMA = r"(?:\d{1,3}(?:[.'\u2019 \u00a0\u202f]\d{3})+|\d+),\d+(?!\d|,\d)"
_DOTS = r"[1-9]\d{0,2}(?:\.\d{3}){2,}"
_PLAIN = r"(?:\d+(?:\.\d+)?|(?<!\.)\.\d+)(?:[eE][+-]?\d+)?"
#: A comma after another number separates the numbers of a list.
_DIGITS = rf"(?<!\d,)(?:{_GROUPED}|{_DECIMAL_COMMA})|{_DOTS}(?![\d.])|{_PLAIN}"
_NUMBER = re.compile(
    rf"(?<![\w:#@\\])(?<!(?<!\.)\.)(?<!(?<!\d)/)(?:(?<=\d)-|(?<![\w-])[-−+]|(?<![\w-]))?(?P<digits>{_DIGITS})(?![\d])"
)
#: The first number of a range, before its second one.
_RANGE = re.compile(
    rf"(?<![\w.,:#@\\-])(?P<digits>{_DIGITS})\s?%?(?:\s?(?:-|–|—|/|\.\.\.?)\s?|\s(?:to|or|and|bis)\s)"
    r"(?:US)?[$€£¥]?$"
)
_WORD = re.compile(r"[ \u00a0\u202f]([^\W\d_]{2,})")
_PLUS_MINUS = re.compile(r"(?:±|\+/-|\+-)\s?$")
#: Words before a number that round it.
_ROUND = re.compile(
    r"(?:\b(?:about|around|roughly|nearly|almost|approximately|approx\.|circa|ca\.|some|over|under|above|below|"
    r"more than|less than|fewer than|up to|at least|at most|just)|[~≈<>≤≥])\s?(?:US)?[$€£¥]?$",
    re.IGNORECASE,
)
#: Words before a number that make it a name or a year.
_NAME = re.compile(
    r"\b(?:section|figure|fig\.|table|step|phase|chapter|part|level|tier|version|issue|layer|item|row|page|line|port|http|"
    r"rfc|iso|option|day|week|month|quarter|sprint|appendix|no\.|number)\s$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_BEFORE_YEAR = re.compile(
    r"\b(?:in|since|until|by|from|of|late|early|mid|end|during|before|after|year|q[1-4]|jan\w*|feb\w*|mar\w*|apr\w*|may|"
    r"june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*)[\s-]$",
    re.IGNORECASE,
)
#: Words after a percentage that make it a level or a percentile.
_LEVEL = re.compile(
    r"\s?-?(?:(?:confidence|prediction|credible)\s?)?(?:intervals?\b|CI\b|level\b|limits?\b|band\b|percentile|quantile|"
    r"confidence)"
)
_LEVEL_AFTER = re.compile(r",\s(?:80|90|95|99|99\.9)\s?%\)$")
_BEFORE_LEVEL = re.compile(r"\b(?:confidence(?: of)?|CI|level of)\s$", re.IGNORECASE)


class Figure(NamedTuple):
    """A number with a unit in a text.

    Attributes:
        start: where it begins in the text.
        end: where it ends.
        text: as written.
        number: without its unit.
        slack: half of the last printed digit of the number.
        unit: its unit.
        is_margin: it is the width after a ±.
    """

    start: int
    end: int
    text: str
    number: float
    slack: float
    unit: Unit
    is_margin: bool = False

    @property
    def value(self) -> float:
        """The value in base units."""
        return self.number * self.unit.factor


def words_after_numbers(text: str, language: str) -> list[str]:
    """Numbers without a unit that a word follows, each with that word: in another language it may be a unit.

    >>> words_after_numbers("104 serveri za 1.200 zahtjeva, 40 ms", "Croatian")
    ['104 serveri', '1.200 zahtjeva']
    """
    found = []
    for match in _NUMBER.finditer(text):
        word = _WORD.match(text, match.end())
        before = text[max(0, match.start() - 40) : match.start()]
        if word and not unit_in(language, text, match.end()) and not BEFORE.search(before) and not _NAME.search(before):
            found.append(f"{match[0]} {word[1]}")
    return found


def other_reading(figure: Figure) -> Figure:
    """The figure where a dot separates thousands, as in `1.200 ms` for 1,200 ms; else the figure itself."""
    is_grouped = re.match(r"\D*[1-9]\d{0,2}\.\d{3}(?![\d.,])", figure.text)
    return figure._replace(number=1000 * figure.number, slack=0.5) if is_grouped else figure


def find_figures(text: str, language: str = ENGLISH) -> list[Figure]:
    """All numbers with a unit, in order; words for units are read in English and in the language of the text.

    >>> [figure.text for figure in find_figures("In 2026 p95 was 40 to 60 ms at 1,200/s, 95 % CI, v1.2.3.")]
    ['40', '60 ms', '1,200/s']
    """
    return sorted(_figures(text, language), key=lambda figure: figure.start)


def _figures(text: str, language: str) -> Iterator[Figure]:
    at = 0
    while match := _NUMBER.search(text, at):
        at = match.end()
        start, number_start, digits = match.start(), match.start("digits"), match["digits"]
        before = text[max(0, start - 40) : start]
        sign = BEFORE.search(before)
        if sign:
            found = unit_in(language, text, match.end(), partial(money_after, sign["sign"] or sign["code"]))
            start -= len(before) - sign.start()
        else:
            found = unit_in(language, text, match.end())
        if not found:
            continue
        unit, end = found
        if _is_name(text, number_start, digits, end, before, unit):
            continue
        at = max(at, end)
        is_margin = bool(_PLUS_MINUS.search(text[max(0, number_start - 5) : number_start]))
        yield Figure(start, end, text[start:end].strip(), *_value(digits, before), unit, is_margin)
        yield from _others_of_range(text, number_start, unit, is_margin=is_margin)


def _others_of_range(text: str, start: int, unit: Unit, *, is_margin: bool) -> Iterator[Figure]:
    """The numbers before this one with its unit: the start of a range, of `12/45/120 ms`, or what a ± belongs to."""
    head = text[max(0, start - 40) : start]
    if is_margin:
        head = _PLUS_MINUS.sub("- ", head)
    first = _RANGE.search(head)
    if not first:
        return
    joint = head[first.end("digits") :]
    if " and " in joint and not re.search(r"between\s$", head[: first.start("digits")], re.IGNORECASE):
        return
    begin = start - (len(text[max(0, start - 40) : start])) + first.start("digits")
    if _YEAR.fullmatch(first["digits"]) and _BEFORE_YEAR.search(text[max(0, begin - 12) : begin]):
        return
    number = _value(first["digits"], text[max(0, begin - 40) : begin])
    yield Figure(begin, begin + len(first["digits"]), first["digits"], *number, unit)
    yield from _others_of_range(text, begin, unit, is_margin=False)


def _is_name(text: str, start: int, digits: str, end: int, before: str, unit: Unit) -> bool:
    """Whether a number is a year, a label such as `step 3`, or a confidence level."""
    if _NAME.search(before) or (text[start:end] == "9s" and re.search(r"\d\s$", before)):
        return True
    if _YEAR.fullmatch(digits) and (_BEFORE_YEAR.search(before) or not before.strip()) and unit.kind == "count":
        return True
    if unit.kind == "share":
        following = text[end : end + 30]
        return bool(
            _LEVEL.match(following)
            or _BEFORE_LEVEL.search(before)
            or _LEVEL_AFTER.search(text[max(0, start - 3) : end + 1])
        )
    return False


def _value(digits: str, before: str) -> tuple[float, float]:
    """The number, and half of its last printed digit. After a word such as `about`, zeros at the end are rounded."""
    if not re.fullmatch(_GROUPED, digits) and re.fullmatch(f"{_DECIMAL_COMMA}|{_DOTS}", digits):
        digits = digits.replace(".", "").replace(",", ".")
    plain = re.sub(r"[,_'\u2019 \u00a0\u202f]", "", digits)
    mantissa, _, exponent = plain.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    slack = 0.5 * 10.0 ** max(-300, min(int(exponent or 0) - decimals, 300))
    if "." not in mantissa and _ROUND.search(before):
        zeros = len(mantissa) - len(mantissa.rstrip("0"))
        slack *= 10.0 ** (zeros if zeros < len(mantissa) else 0)
    return min(float(plain), 1e300), slack
