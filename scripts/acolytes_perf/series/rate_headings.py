"""Headings that say in words what a rate is per: `requests per minute`, `requests_per_second`, `Anfragen/s`."""

from __future__ import annotations

import re

from acolytes_perf.inputs.quantity import EVENT_WORDS

_OTHER_RATED = """
arrival arrivals demand load rate throughput traffic
abfragen abrufe anfragen aufrufe aufträge besuche bestellungen durchsatz ereignisse fehler last nachrichten
seitenaufrufe transaktionen vorgänge zugriffe
"""
#: What has a rate. A size, a cost or another word before the slash makes another unit: `EUR/h`.
_RATED = EVENT_WORDS.union(_OTHER_RATED.split())
_SPANS = {
    "/s": "s sec secs second seconds sek sekunde",
    "/min": "min mins minute minutes",
    "/h": "h hr hour hours std stunde",
}
_UNITS = {word: unit for unit, words in _SPANS.items() for word in words.split()}
_RATE = re.compile(r"(?:(?P<what>.*?)\s*/|(?:(?P<words>.*)\s)?(?:per|pro))\s*(?P<span>[^\W\d_]+)")
_OTHERS = "at bei by for latency latenz duration dauer response antwortzeit time cost costs kosten price"
#: Words of headings whose values are no rate: `p99 at requests per second`.
_OTHER_VALUES = frozenset(_OTHERS.split())


def rate_of_words(heading: str) -> str:
    """The unit of a rate that a heading ends with: `/s`, `/min` or `/h`; empty where it may be something else.

    >>> rate_of_words("requests per minute"), rate_of_words("Anfragen/s"), rate_of_words("EUR per hour")
    ('/min', '/s', '')
    """
    # requestsPerSecond and requests_per_second are words as well
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", heading).replace("_", " ").lower().strip()
    rate = _RATE.fullmatch(spaced)
    if rate is None or rate["span"] not in _UNITS:
        return ""
    before = (rate["what"] or rate["words"] or "").split()
    is_rate = not before or (before[-1] in _RATED and not _OTHER_VALUES.intersection(before))
    return _UNITS[rate["span"]] if is_rate and not re.search(r"\d", " ".join(before)) else ""
