"""HdrHistogram's logs (.hlog), version 2 of the encoding, compressed.

Values have no unit of their own. It follows from the log's column Interval_Max, which is in milliseconds.

Source: HdrHistogram, org.HdrHistogram.AbstractHistogram.encodeIntoByteBuffer, version 2 (github.com/HdrHistogram).
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
#: A histogram of 5 significant digits up to an hour in nanoseconds is less than a tenth of it.
_MAX_BYTES = 16 << 20


def recognises(head: bytes) -> bool:
    """Whether it has the log's heading, or a line with a histogram."""
    return b"Interval_Compressed_Histogram" in head or b",HISTF" in head


def read(source: Source) -> Iterator[CountedLatencies]:
    """All intervals together; those of a tag are an endpoint."""
    totals: dict[str, Counter[int]] = {}
    seconds: dict[str, float] = {}
    digits, scale = 5, None
    for line in source.lines():
        if line[:1] in (b"#", b'"', b"") or not line.strip():
            continue
        try:
            tag, length, interval_max, encoded = _columns(line.decode("ascii"))
            counts, precision = decode_histogram(encoded)
        except (ValueError, zlib.error, struct.error, binascii.Error):
            source.count_corrupt(1)
            continue
        largest = max(counts, default=0)
        if scale is None and largest and interval_max:
            # nanoseconds in a unit: the power of ten that makes the largest value equal to the column
            scale = 10 ** min(6, max(0, round(math.log10(interval_max * 1e6 / largest))))
        if largest * (scale or 1) > MAX_NANOSECONDS:
            source.count_corrupt(1)
            continue
        digits = min(digits, precision)
        seconds[tag] = seconds.get(tag, 0.0) + length
        totals.setdefault(tag, Counter()).update(counts)
    # intervals of different tags cover the same time
    duration = max(seconds.values(), default=0.0) or None
    for tag, total in totals.items():
        if total:
            counts = {value * (scale or 1): count for value, count in total.items()}
            yield CountedLatencies(counts, 10.0**-digits, duration, tag)


def _columns(line: str) -> tuple[str, float, float, str]:
    parts = line.split(",")
    tag = parts.pop(0)[4:] if parts[0].startswith("Tag=") else ""
    _, length, interval_max, encoded = parts
    if not 0 <= float(length) < 1e9 or not 0 <= float(interval_max) < 1e15:
        raise ValueError("column out of bounds")
    return tag, float(length), float(interval_max), encoded


def decode_histogram(encoded: str) -> tuple[dict[int, int], int]:
    """Decodes a histogram in base64.

    Returns:
        How often each value occurred, as the highest equivalent value, and the number of significant digits.

    Raises:
        ValueError: the text is not a histogram of version 2.
    """
    raw = base64.b64decode(encoded, validate=True)
    cookie, length = struct.unpack_from(">ii", raw)
    if cookie & _KIND != _COMPRESSED & _KIND or length > len(raw) - 8:
        raise ValueError("not a compressed histogram of version 2")
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(raw[8 : 8 + length], _MAX_BYTES)
    if len(data) < _HEADER.size:
        raise ValueError("histogram is truncated")
    cookie, size, _, digits, lowest, highest, _ = _HEADER.unpack_from(data)
    if cookie & _KIND != _PLAIN & _KIND or not 0 <= digits <= 5 or lowest < 1 or highest < 2 * lowest:
        raise ValueError("not a histogram of version 2")
    payload = data[_HEADER.size : _HEADER.size + size]
    if len(payload) < size:
        raise ValueError("histogram is truncated")
    unit = int(math.log2(lowest))
    half_bits = max(1, math.ceil(math.log2(2 * 10**digits))) - 1
    return {_highest(index, unit, half_bits): count for index, count in _counts(payload)}, digits


def _counts(payload: bytes) -> Iterator[tuple[int, int]]:
    """Index and count of each value that occurs; zigzag LEB128 numbers, of which negative ones skip empty indices."""
    index = position = 0
    while position < len(payload):
        value = shift = 0
        while True:
            byte = payload[position]
            position += 1
            # the ninth byte has all eight bits
            value |= (byte if shift == 56 else byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > 56:
                break
            if position >= len(payload):
                raise ValueError("count is truncated")
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
    """The largest value that an index counts."""
    bucket, sub = (index >> half_bits) - 1, (index & ((1 << half_bits) - 1)) + (1 << half_bits)
    if bucket < 0:
        bucket, sub = 0, sub - (1 << half_bits)
    return ((sub + 1) << (bucket + unit)) - 1
