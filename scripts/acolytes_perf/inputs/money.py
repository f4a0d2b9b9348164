"""Amounts of money: currencies in headings, cells and texts, and prices for a period such as `31 USD/month`."""

from __future__ import annotations

import re
from typing import NamedTuple

from acolytes_perf.errors import InputError, quoted
from acolytes_perf.inputs.fields import Field, Inputs, text_field
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.units import NUMBER, QuantityKind, Value

_SIGNS = {"$": "USD", "\u20ac": "EUR", "\u00a3": "GBP"}
_CODES = frozenset(
    [
        "usd",
        "eur",
        "gbp",
        "chf",
        "jpy",
        "inr",
        "cad",
        "aud",
        "nzd",
        "sek",
        "nok",
        "dkk",
        "pln",
        "czk",
        "huf",
        "brl",
        "cny",
        "sgd",
        "hkd",
        "zar",
        "ils",
        "krw",
        "mxn",
        "try",
    ]
)
_SCALES = {"k": 1e3, "m": 1e6, "": 1.0}
_WORDS = {"thousand": 1e3, "thousands": 1e3, "million": 1e6, "millions": 1e6}
#: Months in a period, by the words for it.
MONTHS = {
    **dict.fromkeys(("year", "annual", "annually", "yearly", "yr", "y", "annum"), 12.0),
    **dict.fromkeys(("quarter", "quarterly"), 3.0),
    **dict.fromkeys(("month", "monthly", "mo", "mth"), 1.0),
    **dict.fromkeys(("week", "weekly", "wk"), 12 * 7 / 365.25),
    **dict.fromkeys(("day", "daily", "d"), 12 / 365.25),
    **dict.fromkeys(("hour", "hourly", "hr", "h"), 12 / 365.25 / 24),
}
#: A month of average length.
MONTH_SECONDS = 365.25 / 12 * 86400
_PRICE = r"([-+]?\d{1,15}(?:\.\d+)?(?:[eE][-+]?\d{1,2})?)\s*([kM]?)\s*([^\W\d_]{3})?(?:\s*(?:/|per)\s*([a-z]+))?"


class Currency(NamedTuple):
    """What a text says about money: a code, empty for none, and what its numbers are multiplied by."""

    code: str
    scale: float


def currency_in(words: list[str], text: str = "") -> Currency:
    """The currency that the words of a heading name, or a sign in its text.

    >>> currency_in(["cost", "low", "keur"]), currency_in(["cost"], "cost ($)")
    (Currency(code='EUR', scale=1000.0), Currency(code='USD', scale=1.0))
    """
    scale = next((_WORDS[word] for word in words if word in _WORDS), 1.0)
    for word in words:
        if word in _CODES:
            return Currency(word.upper(), scale)
        if word[:1] in ("k", "m") and word[1:] in _CODES:
            return Currency(word[1:].upper(), _SCALES[word[0]])
    sign = next((sign for sign in _SIGNS if sign in text), None)
    if sign is None:
        return Currency("", scale)
    before = text[text.index(sign) - 1 : text.index(sign)].lower()
    return Currency(_SIGNS[sign], _SCALES[before] if before in ("k", "m") else scale)


def with_plain_codes(heading: str) -> str:
    """The heading with its currencies in small letters, so that kUSD counts as one word.

    >>> with_plain_codes("Cost [kUSD]")
    'Cost [kusd]'
    """
    return re.sub(r"(?<![A-Za-z])[kKM]?[A-Z]{3}(?![A-Za-z])", _small_code, heading)


def _small_code(match: re.Match[str]) -> str:
    return match[0].lower() if match[0][-3:].lower() in _CODES else match[0]


def is_money_word(word: str) -> bool:
    """Whether a word of a heading names a currency or how many thousands it is in."""
    return word in _WORDS or bool(currency_in([word]).code)


def without_currency(cell: str) -> tuple[str, str]:
    """A cell without the currency before or behind its number, and the currency's code.

    >>> without_currency("$ 12,000"), without_currency("40 EUR")
    (('12,000', 'USD'), ('40', 'EUR'))
    """
    text = cell.strip()
    for sign, code in _SIGNS.items():
        if text.startswith(sign) or text.endswith(sign):
            return text.strip(sign).strip(), code
    match = re.fullmatch(r"([A-Za-z]{3})\s*(\d.*)|(.*\d)\s*([A-Za-z]{3})", text)
    code = (match[1] or match[4]) if match else ""
    if match and code.lower() in _CODES:
        return (match[2] or match[3]).strip(), code.upper()
    return text, ""


CURRENCY = text_field(
    "currency", "currency of the amounts, where they do not say it", "EUR", "[A-Za-z]{3}", "a currency of three letters"
)


def chosen_currency(inputs: Inputs, found: str) -> str:
    """The currency of the amounts: what they say themselves, or the input CURRENCY.

    Raises:
        InputError: the input has no effect.
    """
    text = inputs.text("currency")
    if text is not None and found:
        raise InputError("/currency", f"has no effect: the amounts are in {found}", {"currency": None})
    return found or (text or "").upper()


class Price(NamedTuple):
    """An amount of money, its currency, and the months that it is for; None for an amount without a period."""

    amount: float
    currency: str
    months: float | None

    @property
    def per_month(self) -> float:
        """The amount for a month of average length."""
        assert self.months is not None
        return self.amount / self.months


def price_field(name: str, doc: str, example: str, **options: object) -> Field:
    """An input such as `31 USD/month`."""
    field = text_field(name, doc, example, _PRICE, "an amount with its currency")
    return field._replace(**options)  # type: ignore[arg-type]


def read_price(text: str, pointer: str, *, has_period: bool) -> Price:
    """The price that a checked text of `price_field` means.

    Args:
        text: such as `31 USD/month`.
        pointer: of the input, for errors.
        has_period: whether it must name a period; otherwise it must name none.

    Raises:
        InputError: the period is unknown, missing, or one too many.

    >>> read_price("1.2M EUR/year", "/revenue", has_period=True).per_month
    100000.0
    """
    match = re.fullmatch(_PRICE, text)
    if match is None:
        raise InputError(pointer, f"{quoted(text)} is not an amount with its currency, like 31 USD/month")
    amount = float(match[1]) * _SCALES[match[2].lower()]
    months = None
    if match[4]:
        months = MONTHS.get(match[4]) or MONTHS.get(match[4].rstrip("s"))
        if months is None:
            raise InputError(pointer, f"{quoted(text)} is per {match[4]}: write it per hour, day, week, month or year")
    if has_period and months is None:
        fix = {pointer.strip("/"): f"{text}/month"}
        raise InputError(pointer, f"{quoted(text)} says no period: write {text}/month or {text}/hour", fix)
    if not has_period and months is not None:
        amount_only = re.split(r"\s*(?:/|\bper\b)", text)[0]
        fix = {pointer.strip("/"): amount_only}
        raise InputError(pointer, f"{quoted(text)} is for a period, but this is paid once: write {amount_only}", fix)
    return Price(amount, (match[3] or "").upper(), months)


_MONTHLY = re.compile(r"(\d+(?:\.\d+)?(?:[eE]\+?\d{1,2})?)\s*([kM]?)\s*(?:(?:/|per)\s*(?:month|mo))?")


def _read_monthly(raw: object, example: str) -> Value:
    """A number as it is, an amount with a currency as a text such as `2000 USD`."""
    if not isinstance(raw, str):
        return NUMBER.read(raw, example)
    period = re.search(r"\s*(?:/|\bper\b).*$", raw)
    amount, code = without_currency(raw[: period.start()] if period else raw)
    if scaled := re.fullmatch(r"(\S*\d\s*[kM])\s*([A-Z]{3})", amount):
        amount, code = scaled[1], scaled[2]
    if not code:
        return NUMBER.read(raw, example)
    match = _MONTHLY.fullmatch(amount.replace(",", "") + (period[0] if period else ""))
    if match is None:
        raise QuantityError(f"is not an amount a month: write it like {example} or {example} USD")
    return f"{float(match[1]) * _SCALES[match[2].lower()]:.12g} {code}"


def _show_monthly(value: Value) -> str | int | float:
    return value if isinstance(value, str) else NUMBER.show(value)


#: An amount of money a month, with or without its currency.
MONTHLY = QuantityKind("amount", _read_monthly, _show_monthly, ["number", "string"], r"^.*\d.*$")


def read_monthly(row: Inputs, name: str) -> tuple[float, str]:
    """The amount of an input of the kind MONTHLY, and its currency; empty where it says none."""
    text = row.text(name)
    if text is None:
        return row.number(name), ""
    amount, _, code = text.partition(" ")
    return float(amount), code
