"""settings.json of the project, the user and the local machine: values, keys, places, odd JSON, and good files."""

from __future__ import annotations

from bench.client_truth.kinds.settings.generate import generate
from bench.client_truth.kinds.settings.observe import observe

__all__ = ["KINDS", "generate", "observe"]

KINDS = ("settings",)
