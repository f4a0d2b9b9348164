"""HdrHistogram's logs (.hlog), versions 0 to 2 of the encoding, compressed, and its tables of percentiles (.hgrm).

Values have no unit of their own. It follows from the log's column Interval_Max, which is in milliseconds.

Source: HdrHistogram, org.HdrHistogram.AbstractHistogram.encodeIntoByteBuffer, and decodeFromByteBuffer for versions 0
and 1 (github.com/HdrHistogram).
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator

from acolytes_perf.result_files.record import MAX_NANOSECONDS, CountedLatencies
from acolytes_perf.result_files.source import Source

NAME = "HdrHistogram log"
#: Kinds of a compressed histogram and of its content, by version.
_COMPRESSED = {0x1C849309: 0, 0x1C849302: 1, 0x1C849304: 2}
_PLAIN = {0x1C849308: 0, 0x1C849301: 1, 0x1C849303: 2}
#: The other bits are those of the size of a count.
_KIND = 0xFFFFFF0F
_HEADER = struct.Struct(">iiiiqqd")
#: Of version 0: kind, digits, lowest and highest value, number of values.
_OLD_HEADER = struct.Struct(">iiqqq")
_WORDS = {2: "h", 4: "i", 8: "q"}
#: Value and TotalCount of a table of percentiles.
_ROW = re.compile(rb"\s*(\d+\.\d+)\s+[01]\.\d+\s+(\d{1,18})(?:\s|$)")
#: A histogram of 5 significant digits up to an hour in nanoseconds is less than a tenth of it.
_MAX_BYTES = 16 << 20


def recognises(head: bytes) -> bool:
    """Whether it has the log's heading, or a line with a histogram."""
    return b"Interval_Compressed_Histogram" in head or b",HIST" in head or _is_distribution(head)


def _is_distribution(head: bytes) -> bool:
    """Whether it is a table of percentiles, as HdrHistogram prints them; wrk2's report has one, too."""
    return b"TotalCount 1/(1-Percentile)" in head[:2000] and b"Thread Stats" not in head


def read(source: Source) -> Iterator[CountedLatencies]:
    """All intervals together; those of a tag are an endpoint."""
    if _is_distribution(source.head):
        yield _read_distribution(source)
        return
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


def _read_distribution(source: Source) -> CountedLatencies:
    """A table of percentiles: its column TotalCount counts the values up to each row's.

    Values between two rows count as the upper one, so that latencies are never better than in the table.
    """
    source.notes["The values have no unit: they are taken as milliseconds."] = None
    counts: dict[int, int] = {}
    before, resolution = 0, 0.0
    for line in source.lines():
        match = _ROW.match(line)
        if not match:
            continue
        value, total = round(float(match[1]) * 1_000_000), int(match[2])
        if total < before or value > MAX_NANOSECONDS:
            source.count_corrupt(1)
            continue
        if total > before:
            largest = max(counts, default=value)
            resolution = max(resolution, 1 - largest / value if value else 0.0)
            counts[value] = counts.get(value, 0) + total - before
            before = total
    return CountedLatencies(counts, resolution)


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
        ValueError: the text is not a histogram.
    """
    raw = base64.b64decode(encoded, validate=True)
    cookie, length = struct.unpack_from(">ii", raw)
    version = _COMPRESSED.get(cookie & _KIND)
    if version is None or length > len(raw) - 8:
        raise ValueError("not a compressed histogram")
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(raw[8 : 8 + length], _MAX_BYTES)
    header = _HEADER if version else _OLD_HEADER
    if len(data) < header.size:
        raise ValueError("histogram is truncated")
    if version:
        cookie, size, _, digits, lowest, highest, _ = header.unpack_from(data)
    else:
        cookie, digits, lowest, highest, _ = header.unpack_from(data)
        size = len(data) - header.size
    if _PLAIN.get(cookie & _KIND) != version or not 0 <= digits <= 5 or lowest < 1 or highest < 2 * lowest:
        raise ValueError("not a histogram")
    payload = data[header.size : header.size + size]
    if len(payload) < size:
        raise ValueError("histogram is truncated")
    counts = _counts(payload) if version == 2 else _fixed_counts(payload, (cookie & 0xF0) >> 4 & 0xE)
    unit = int(math.log2(lowest))
    half_bits = max(1, math.ceil(math.log2(2 * 10**digits))) - 1
    return {_highest(index, unit, half_bits): count for index, count in counts}, digits


def _fixed_counts(payload: bytes, width: int) -> Iterator[tuple[int, int]]:
    """Index and count of each value that occurs, of numbers with so many bytes: the encoding of versions 0 and 1."""
    if width not in _WORDS:
        raise ValueError("unknown size of counts")
    whole = len(payload) // width
    for index, count in enumerate(struct.unpack_from(f">{whole}{_WORDS[width]}", payload)):
        if count < 0:
            raise ValueError("negative count")
        if count:
            yield index, count


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
