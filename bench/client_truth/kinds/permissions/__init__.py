"""Permission rules of settings.json: forms for every tool in allow, ask and deny, each with a call that it is for."""

from __future__ import annotations

from bench.client_truth.kinds.permissions.generate import generate
from bench.client_truth.kinds.permissions.observe import observe

__all__ = ["KINDS", "generate", "observe"]

KINDS = ("permissions",)
