"""Amounts of data in bytes, and bandwidths in bits per second.

`kB` is 1,000 bytes and `KiB` 1,024 (IEC 80000-13). A small b is a bit and a large B is a byte, so `Mb` and `MB` differ
by a factor of 8. A unit that could be either is refused.
"""

from __future__ import annotations

import re

from acolytes_perf.inputs.quantity import NUMBER_PATTERN, QuantityError, split_quantity
from acolytes_perf.inputs.units import QuantityKind, Value

#: Bytes in each unit.
BYTES_IN = {name: 1000.0**power for power, name in enumerate(("B", "kB", "MB", "GB", "TB", "PB"))}
BYTES_IN.update({f"{name}iB": 1024.0**power for power, name in enumerate("KMGTP", 1)})
#: Bits per second in each unit.
_BITS_IN = {f"{prefix}bit/s": 1000.0**power for power, prefix in enumerate(("", "k", "M", "G", "T"))}
_SIZE_ALIASES = {"KB": "kB", "byte": "B", "bytes": "B", "Ki": "KiB", "Mi": "MiB", "Gi": "GiB", "Ti": "TiB"}
_WORDS = re.compile(r"(?:bps|bits/s|bit/s|b/s|bits/sec|bit/sec)$")


def read_size(raw: object, example: str) -> float:
    """Bytes, from `64KiB`, `1.5 MB` or `500B`; a unit is required.

    >>> read_size("64KiB", "64KiB"), read_size("1.5 MB", "64KiB")
    (65536.0, 1500000.0)
    """
    number, unit, number_text = split_quantity(raw, example)
    if not unit:
        raise QuantityError("has no unit", f"{number_text}B", f"{number_text}MB")
    size = BYTES_IN.get(_SIZE_ALIASES.get(unit, unit))
    if size is not None:
        return number * size
    bits = re.fullmatch(r"([kKMGTP]|[KMGTP]i)b(?:its?)?", unit)
    if bits:
        name = f"{bits[1] if bits[1] != 'K' else 'k'}B"
        raise QuantityError(
            "is in bits, but a size is in bytes", show_size(number * BYTES_IN[name] / 8), number_text + name
        )
    if re.fullmatch(r"[kmgtp]i?b?|[KMGTP]", unit):
        raise QuantityError(f"has the unit {unit}, which is not clear", f"{number_text}{_capital(unit[0])}B")
    raise QuantityError(f"has an unknown unit of size: use one of {', '.join(BYTES_IN)}")


def _capital(prefix: str) -> str:
    return "k" if prefix in "kK" else prefix.upper()


def read_bandwidth(raw: object, example: str) -> float:
    """Bits per second, from `45Mbit/s`, `10 Gbps` or `5MB/s`; a unit is required.

    >>> read_bandwidth("45Mbps", "45Mbit/s"), read_bandwidth("5MB/s", "45Mbit/s")
    (45000000.0, 40000000.0)
    """
    number, unit, number_text = split_quantity(raw, example)
    if not unit:
        raise QuantityError("has no unit", f"{number_text}Mbit/s", f"{number_text}Gbit/s")
    amount, slash, time = unit.partition("/")
    if slash and time in ("s", "sec") and _SIZE_ALIASES.get(amount, amount) in BYTES_IN:
        return number * 8 * BYTES_IN[_SIZE_ALIASES.get(amount, amount)]
    bits = _BITS_IN.get(_plain_bits(unit))
    if bits is not None:
        return number * bits
    if re.fullmatch(r"[mgt]b(it)?(ps|/s)", unit):
        raise QuantityError(f"has the unit {unit}, which is not clear", *_bit_readings(number_text, unit[0].upper()))
    if re.fullmatch(r"[kMGT][bB]?", unit):
        raise QuantityError("is not per second", *_bit_readings(number_text, unit[0]))
    raise QuantityError(f"has an unknown unit of bandwidth: use one of {', '.join(_BITS_IN)}, or MB/s")


def _bit_readings(number_text: str, prefix: str) -> tuple[str, str]:
    return f"{number_text}{prefix}bit/s", f"{number_text}{prefix}B/s"


def _plain_bits(unit: str) -> str:
    """A unit of bandwidth by its usual form: `Kbps`, `kb/s` and `kbit/s` are the same."""
    plain = _WORDS.sub("bit/s", unit)
    return "k" + plain[1:] if plain.startswith("K") else plain


def _shown(value: Value, units: dict[str, float]) -> str:
    """The value in the largest decimal unit that leaves at least 1, with 12 digits."""
    number = float(f"{float(value):.12g}")
    unit = next((name for name, size in reversed(units.items()) if number >= size), next(iter(units)))
    return f"{number / units[unit]:.12g}{unit}"


def show_size(value: Value) -> str:
    """The size in decimal units.

    >>> show_size(562500.0)
    '562.5kB'
    """
    return _shown(value, {name: size for name, size in BYTES_IN.items() if "i" not in name})


def show_bandwidth(value: Value) -> str:
    """The bandwidth in bits.

    >>> show_bandwidth(45e6)
    '45Mbit/s'
    """
    return _shown(value, _BITS_IN)


SIZE = QuantityKind("size", read_size, show_size, ["string"], rf"^{NUMBER_PATTERN} ?[kKMGTP]?i?B$")
BANDWIDTH = QuantityKind(
    "bandwidth", read_bandwidth, show_bandwidth, ["string"], rf"^{NUMBER_PATTERN} ?[kKMGT]?i?(bit/s|bps|b/s|B/s)$"
)
