"""Keeps the version of the client on PATH: the client takes half a second to print it."""

from __future__ import annotations

from acolytes_cc.client import client_on_path, client_version
from acolytes_cc.lint.cache.keys import client_key
from acolytes_cc.lint.cache.store import Cache


def version_on_path(cache: Cache) -> str | None:
    """Return the version of the client on PATH; None if there is none, or it prints none."""
    program = client_on_path()
    if program is None:
        return None
    key = client_key(program)
    with cache:
        kept = _version_in(cache.get(key))
        version = kept or client_version(program)
        if version and not kept:
            cache.put(key, [version.encode()])
    return version


def _version_in(parts: list[bytes]) -> str | None:
    text = b"".join(parts).decode("ascii", "replace")
    return text if text.replace(".", "").isdecimal() else None
