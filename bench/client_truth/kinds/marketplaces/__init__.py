"""Marketplaces: each key, the sources of plugins, parts that are described twice, names and shapes, and good ones."""

from __future__ import annotations

from bench.client_truth.kinds.marketplaces.changes import KINDS, generate
from bench.client_truth.kinds.marketplaces.observe import observe

__all__ = ["KINDS", "generate", "observe"]
