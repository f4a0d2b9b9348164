"""Units as reports write them: what is measured, and how many base units one of them has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from acolytes_perf.time_units import SECONDS

#: What a unit measures.
TIME, RATE, SHARE, FACTOR, COUNT, BYTES, BITS = "time", "rate", "share", "factor", "count", "bytes", "bits"

_DAY = SECONDS["d"]


class Unit(NamedTuple):
    """A unit.

    Attributes:
        kind: what it measures; for money the currency, and what it is per.
        factor: base units in one of it.
        slack: the relative uncertainty of its length: a month has 28 to 31 days.
        amount: of money, one of it without what it is per.
    """

    kind: str
    factor: float
    slack: float = 0.0
    amount: float = 0.0


_TIMES = {
    **SECONDS, "µs": 1e-6, "μs": 1e-6, "w": 7 * _DAY, "msec": 1e-3, "msecs": 1e-3, "sec": 1.0, "secs": 1.0,
    "mins": 60.0, "hr": 3600.0, "hrs": 3600.0,
}  # fmt: skip
_LONG_TIMES = {
    "nanosecond": 1e-9, "microsecond": 1e-6, "millisecond": 1e-3, "second": 1.0, "minute": 60.0, "hour": 3600.0,
    "day": _DAY, "week": 7 * _DAY,
}  # fmt: skip
#: Units of the calendar by their mean length.
_CALENDAR = {"month": (30.4375 * _DAY, 0.09), "quarter": (91.3125 * _DAY, 0.02), "year": (365.25 * _DAY, 0.003)}
_EFFORTS = {"hour": 3600.0, "day": _DAY, "week": 7 * _DAY, "month": 30.4375 * _DAY}
_SIZES = {"B": 1.0, "byte": 1.0, "bytes": 1.0}
for _power, _letter in enumerate("kMGTP", 1):
    _SIZES[f"{_letter}B"] = 1000.0**_power
    _SIZES[f"{_letter.upper()}i"] = _SIZES[f"{_letter.upper()}iB"] = 1024.0**_power
_SIZES["KB"] = 1000.0
_BITS = {f"{letter}bit/s": 1000.0**power for power, letter in enumerate("kMGT", 1)}
_BITS["bit/s"] = 1.0
_BITS.update({f"{letter}bps": 1000.0**power for power, letter in enumerate("kMGT", 1)})
_PER_TIME = {"rps": 1.0, "qps": 1.0, "tps": 1.0, "rpm": 60.0}
_PER_TIME.update({unit.upper(): seconds for unit, seconds in _PER_TIME.items()})
#: What is counted. Words such as "step" or "team" are not here: a report counts them without computing them.
_COUNTED = """
server pod worker unit instance replica node machine core CPU vCPU VM container shard thread connection request
user session visitor VU transaction query error failure sample erlang millicore
"""
#: What may stand between a number and what is counted.
_QUALITY_WORDS = """
concurrent active peak parallel more fewer extra additional spare API app application web worker db database read
write backend frontend virtual simulated daily monthly failed successful
"""
_EVENTS = (
    "requests request req reqs users user transactions queries messages events orders sessions errors calls logins"
)
CURRENCIES = (
    "USD",
    "EUR",
    "GBP",
    "CHF",
    "JPY",
    "CNY",
    "INR",
    "CAD",
    "AUD",
    "NZD",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CZK",
    "BRL",
)
_WORDS_OF_MONEY = {"dollars": "USD", "euros": "EUR"}
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
#: Periods of prices, in hours: a month has 730.
_PRICE_HOURS = {
    "h": 1.0, "hour": 1.0, "d": 24.0, "day": 24.0, "week": 168.0, "mo": 730.0, "month": 730.0, "yr": 8760.0,
    "year": 8760.0,
}  # fmt: skip
_SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "bn": 1e9, "thousand": 1e3, "million": 1e6, "billion": 1e9}


def _words(words: list[str] | tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _plural(word: str) -> str:
    return "queries" if word == "query" else f"{word}s"


def _with_plurals(words: Iterable[str]) -> list[str]:
    singular = list(words)
    return [*singular, *map(_plural, singular)]


_LONG = [*_LONG_TIMES, *_CALENDAR]
_SPAN = _words([*_TIMES, *_with_plurals(_LONG)])
_NOUNS = [*_with_plurals(_COUNTED.split()), "arrivals"]
_MONEY = rf"(?:{_words([*CURRENCIES, *_WORDS_OF_MONEY])})"
_PER = r"(?:\s?/\s?|\s?per\s|\sa\s|\san\s)"
#: Emphasis around a number leaves spaces.
_GAP = r"\s{0,5}"
_PER_WHAT = rf"(?:{_PER}(?:(?P<per_count>[\d,]+|million|thousand)\s)?(?P<per>[A-Za-z]+))?"
_SCALE = rf"(?:{_GAP}(?P<scale>{_words(list(_SCALES))})(?![A-Za-z]))?"
_SCALE_WORD = rf"{_GAP}(?:{_words(list(_SCALES))})"
_QUALITY = rf"(?:\s(?:{_words(_QUALITY_WORDS.split())}))?"
_EVENT = rf"{_QUALITY}(?:\s?(?:{_words(_EVENTS.split())}))?"

_AFTER = (
    rf"(?P<bits>{_GAP}(?:{_words(list(_BITS))})\b)",
    rf"{_SCALE}(?P<money>{_GAP}{_MONEY}\b{_PER_WHAT})",
    rf"(?P<scale2>{_SCALE_WORD})?(?P<rate>{_GAP}(?:{_words(list(_PER_TIME))})\b|{_EVENT}{_PER}(?P<span>{_SPAN})\b)",
    rf"(?P<share>{_GAP}(?:%|percent\b|per cent\b)(?:\spoints?\b)?|{_GAP}(?:pp|percentage points?)\b)",
    r"(?P<factor>(?:x|×)(?![\w×])|\stimes\s(?=(?:as|more|faster|slower|higher|lower|longer|the)\b))",
    rf"(?P<bytes>{_GAP}(?:{_words(list(_SIZES))})\b(?P<per_second>/s)?)",
    rf"(?P<effort>[\s-](?:person|engineer|developer|team)[\s-](?:{_words(_with_plurals(_EFFORTS))})\b)",
    rf"(?P<time>{_GAP}(?:{_words([*_TIMES])})(?=/(?:yr|year|month|mo|week|day|d)\b|(?![\w/%]))|(?:{_GAP}|-)(?:{_words(_with_plurals(_LONG))})\b)",
    r"(?P<millicores>m(?=\s(?:CPU|core)s?\b))",
    rf"(?P<scale3>{_SCALE_WORD})?(?P<count>{_QUALITY}\s{{1,5}}(?:{_words(_NOUNS)})\b(?!\s?/))",
)
#: The unit after a number, each kind as a named group. The order decides between kinds.
AFTER = re.compile("|".join(_AFTER))
#: A sign or a code of money before a number.
BEFORE = re.compile(rf"(?:(?:US)?(?P<sign>[$€£¥])|\b(?P<code>{_words(CURRENCIES)})\s)\s?[-−+~]?$")
_MONEY_AFTER = re.compile(rf"{_SCALE}{_PER_WHAT}")


def unit_after(text: str, start: int) -> tuple[Unit, int] | None:
    """The unit that stands in a text from `start` on, and where it ends; None without one."""
    match = AFTER.match(text, start)
    if not match or match.end() == start:
        return None
    if match["money"]:
        code = re.match(_MONEY, match["money"].strip())
        assert code
        return _price(_WORDS_OF_MONEY.get(code[0], code[0]), match)
    return _unit(match), match.end()


def money_after(sign: str, text: str, start: int) -> tuple[Unit, int]:
    """The unit of a number with a currency before it, and where the rest of the unit ends."""
    match = _MONEY_AFTER.match(text, start)
    assert match
    unit, end = _price(_SIGNS.get(sign, sign), match)
    return unit, end


def _unit(match: re.Match[str]) -> Unit:
    kinds = ("bits", "rate", "share", "factor", "bytes", "effort", "time", "millicores", "count")
    group = next(kind for kind in kinds if match[kind])
    text = match[group].strip(" -\u00a0\u202f")
    if group == "bits":
        return Unit(BITS, _BITS[text])
    if group == "rate":
        scale = _SCALES[match["scale2"].strip()] if match["scale2"] else 1.0
        span = Unit(TIME, _PER_TIME[text]) if text in _PER_TIME else _span(match["span"])
        return Unit(RATE, scale / span.factor, span.slack)
    if group == "share":
        return Unit(SHARE, 0.01)
    if group == "factor":
        return Unit(FACTOR, 1.0)
    if group == "bytes":
        per_second = bool(match["per_second"])
        size = _SIZES[text.removesuffix("/s")]
        return Unit(BITS, 8 * size) if per_second else Unit(BYTES, size)
    if group == "effort":
        word = re.split(r"[\s-]", text)[-1].rstrip("s")
        return Unit(TIME, _EFFORTS[word], 0.09 if word == "month" else 0.0)
    if group == "time":
        return _span(text)
    if group == "millicores":
        return Unit(COUNT, 0.001)
    scale = _SCALES[match["scale3"].strip()] if match["scale3"] else 1.0
    return Unit(COUNT, scale * (0.001 if "millicore" in text else 1.0))


def _span(word: str) -> Unit:
    if word in _TIMES:
        return Unit(TIME, _TIMES[word])
    plain = word.removesuffix("s")
    if plain in _LONG_TIMES:
        return Unit(TIME, _LONG_TIMES[plain])
    return Unit(TIME, *_CALENDAR[plain])


def _price(code: str, match: re.Match[str]) -> tuple[Unit, int]:
    scale = _SCALES[match["scale"]] if match["scale"] else 1.0
    per = (match["per"] or "").lower()
    hours = _PRICE_HOURS.get(per, _PRICE_HOURS.get(per.removesuffix("s")))
    if hours and not match["per_count"]:
        return Unit(f"{code} a time", scale / hours, amount=scale), match.end()
    if per.removesuffix("s") in _COUNTED_EVENTS:
        many = {"million": 1e6, "thousand": 1e3, "": 1.0}.get(match["per_count"] or "")
        many = many or float((match["per_count"] or "1").replace(",", "") or 1)
        return Unit(f"{code} an event", scale / many, amount=scale), match.end()
    end = match.end() if not per else match.start("per")
    if per:  # words after the amount that are no unit
        end = match.end("scale") if match["scale"] else match.start()
        money = match.re.groupindex.get("money")
        if money and match["money"]:
            code_match = re.match(rf"\s?{_MONEY}", match["money"])
            end = match.start("money") + (code_match.end() if code_match else 0)
    return Unit(code, scale), end


_COUNTED_EVENTS = {word.removesuffix("s") for word in _EVENTS.split()} | {"user", "querie", "query", "customer", "unit"}


def unit_of_result(unit: str) -> Unit | None:
    """The unit of a result of a calculator; None for a pure number and for words that are no unit.

    >>> unit_of_result("s").kind, unit_of_result("USD/month").kind, unit_of_result("")
    ('time', 'USD a time', None)
    """
    fixed = {"s": TIME, "1/s": RATE, "ratio": SHARE, "probability": SHARE, "x": FACTOR, "erlang": COUNT}
    if unit in fixed:
        return Unit(fixed[unit], 1.0)
    if not unit:
        return None
    found = unit_after(f" {unit}", 0)
    if found and found[1] == len(unit) + 1:
        return found[0]
    return Unit(COUNT, 1.0) if unit.isalpha() else None
