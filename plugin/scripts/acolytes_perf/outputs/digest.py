"""SHA-256 without hashlib, whose OpenSSL takes a fifth as long to load as an interpreter takes to start."""

from __future__ import annotations

import importlib

#: Where Python has its own: from 3.12 on, and before.
_MODULES = ("_sha2", "_sha256", "hashlib")


def sha256_hex(text: str) -> str:
    """The digest of a text in UTF-8, as hexadecimal digits."""
    for name in _MODULES:
        try:
            digest: str = importlib.import_module(name).sha256(text.encode()).hexdigest()
        except (ImportError, AttributeError):
            continue
        return digest
    raise AssertionError("every Python has hashlib")
