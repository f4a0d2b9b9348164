"""HdrHistogram's logs (.hlog), version 2 of the encoding, compressed.

Values have no unit of their own; the log's column Interval_Max is in milliseconds, by which theirs is found.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
import zlib
from collections import Counter
from collections.abc import Iterator

from acolytes_perf.result_files.record import MAX_NANOSECONDS, CountedLatencies
from acolytes_perf.result_files.source import Source

NAME = "HdrHistogram log"
_COMPRESSED, _PLAIN = 0x1C849304, 0x1C849303
_KIND = 0xFFFFFF0F
_HEADER = struct.Struct(">iiiiqqd")
#: A histogram of 5 significant digits up to an hour in nanoseconds has not a tenth of it.
_MOST_BYTES = 16 << 20


def recognises(head: bytes) -> bool:
    """Whether it has the log's heading, or a line with such a histogram."""
    return b"Interval_Compressed_Histogram" in head or b",HISTF" in head


def read(source: Source, label: str | None) -> Iterator[CountedLatencies]:
    """All intervals together, or those whose tag is the label."""
    total: Counter[int] = Counter()
    digits, seconds, scale = 5, 0.0, None
    for line in source.lines():
        if line[:1] in (b"#", b'"', b"") or not line.strip():
            continue
        try:
            tag, length, most, encoded = _columns(line.decode("ascii"))
            counts, precision = decoded(encoded)
        except (ValueError, zlib.error, struct.error, binascii.Error):
            source.mark_last(1)
            continue
        source.saw((tag,) if tag else ())
        if label is not None and tag != label:
            continue
        largest = max(counts, default=0)
        if scale is None and largest and most:
            # nanoseconds of a unit: the power of ten that makes the largest value what the column says
            scale = 10 ** min(6, max(0, round(math.log10(most * 1e6 / largest))))
        if largest * (scale or 1) > MAX_NANOSECONDS:
            source.mark_last(1)
            continue
        digits, seconds = min(digits, precision), seconds + length
        total.update(counts)
    if total:
        yield CountedLatencies(
            {value * (scale or 1): count for value, count in total.items()}, 10.0**-digits, seconds or None
        )


def _columns(line: str) -> tuple[str, float, float, str]:
    parts = line.split(",")
    tag = parts.pop(0)[4:] if parts[0].startswith("Tag=") else ""
    _, length, most, encoded = parts
    if not 0 <= float(length) < 1e9 or not 0 <= float(most) < 1e15:
        raise ValueError("column out of bounds")
    return tag, float(length), float(most), encoded


def decoded(encoded: str) -> tuple[dict[int, int], int]:
    """Counts by the highest value that is equivalent, as the library's percentiles are, and the significant digits."""
    raw = base64.b64decode(encoded, validate=True)
    cookie, length = struct.unpack_from(">ii", raw)
    if cookie & _KIND != _COMPRESSED & _KIND or length > len(raw) - 8:
        raise ValueError("no compressed histogram of version 2")
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(raw[8 : 8 + length], _MOST_BYTES)
    if len(data) < _HEADER.size:
        raise ValueError("histogram is cut")
    cookie, size, _, digits, lowest, highest, _ = _HEADER.unpack_from(data)
    if cookie & _KIND != _PLAIN & _KIND or not 0 <= digits <= 5 or lowest < 1 or highest < 2 * lowest:
        raise ValueError("no histogram of version 2")
    payload = data[_HEADER.size : _HEADER.size + size]
    if len(payload) < size:
        raise ValueError("histogram is cut")
    unit = int(math.log2(lowest))
    half_bits = max(1, math.ceil(math.log2(2 * 10**digits))) - 1
    return {_highest(index, unit, half_bits): count for index, count in _counts(payload)}, digits


def _counts(payload: bytes) -> Iterator[tuple[int, int]]:
    """Index and count of what is not empty: numbers in zigzag LEB128, a negative one of so many empty places."""
    index = place = 0
    while place < len(payload):
        value = shift = 0
        while True:
            byte = payload[place]
            place += 1
            # the ninth byte has all eight bits
            value |= (byte if shift == 56 else byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > 56:
                break
            if place >= len(payload):
                raise ValueError("count is cut")
        count = (value >> 1) ^ -(value & 1)
        if count < 0:
            index -= count
        else:
            if count:
                yield index, count
            index += 1
        if index > 1 << 26:
            raise ValueError("index out of bounds")


def _highest(index: int, unit: int, half_bits: int) -> int:
    """The largest value that is counted at an index."""
    bucket, sub = (index >> half_bits) - 1, (index & ((1 << half_bits) - 1)) + (1 << half_bits)
    if bucket < 0:
        bucket, sub = 0, sub - (1 << half_bits)
    return ((sub + 1) << (bucket + unit)) - 1
