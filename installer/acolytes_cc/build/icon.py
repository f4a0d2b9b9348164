"""The plugin's icon, drawn by a formula: response time over load, and the ceiling that the load runs into."""

from __future__ import annotations

import struct
import zlib

SIDE = 512  # pixels; the plugin directory takes 512 to 2048
_BITS = 2  # a pixel; four colours are enough, and keep the file small without a compressor

_BACKGROUND, _CURVE, _CEILING = range(3)
_PALETTE = bytes.fromhex("1f3a5f ffffff f2a93b")  # in the order of their numbers


def icon() -> bytes:
    """A PNG of ``SIDE`` pixels a side; the same bytes on every machine."""
    header = struct.pack(">IIBBBBB", SIDE, SIDE, _BITS, 3, 0, 0, 0)  # 3: indexed colours
    chunks = ((b"IHDR", header), (b"PLTE", _PALETTE), (b"IDAT", _stored(pixels())), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def pixels() -> bytes:
    """The rows as PNG packs them: a filter byte (none), then four pixels a byte."""
    rows = []
    for y in range(SIDE):
        row = [_colour(x, y) for x in range(SIDE)]
        packed = (a << 6 | b << 4 | c << 2 | d for a, b, c, d in zip(*[iter(row)] * 4, strict=True))
        rows.append(b"\0" + bytes(packed))
    return b"".join(rows)


def _colour(x: int, y: int) -> int:
    ceiling, edge, half = SIDE * 13 // 16, SIDE // 8, 14  # half the stroke's width, measured along both axes
    if abs(x - ceiling) < 6 and edge < y < SIDE - edge and y // 24 % 2:
        return _CEILING
    # height = unit / (1 - load), multiplied out: whole numbers are the same everywhere
    product = SIDE // 16 * (ceiling - edge)
    inside = (ceiling - half - y) * (ceiling - half - x) < product < (ceiling + half - y) * (ceiling + half - x)
    return _CURVE if inside and edge <= x < ceiling - 8 and y > edge else _BACKGROUND


def _stored(content: bytes) -> bytes:
    """``content`` as a zlib stream of stored blocks: what compressors make of it differs from version to version."""
    blocks = [content[start : start + 0xFFFF] for start in range(0, len(content), 0xFFFF)]
    stream = b"\x78\x01"
    for block in blocks:
        stream += struct.pack("<BHH", block is blocks[-1], len(block), len(block) ^ 0xFFFF) + block
    return stream + struct.pack(">I", zlib.adler32(content))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
