"""Hooks of settings.json: events, matchers, conditions and scripts, each with what should make it run."""

from __future__ import annotations

from bench.client_truth.kinds.settings_hooks.generate import generate
from bench.client_truth.kinds.settings_hooks.observe import observe

__all__ = ["KINDS", "generate", "observe"]

KINDS = ("settings_hooks",)
