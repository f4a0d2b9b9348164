"""The words that options, settings and rules choose from. Imports nothing of ours: every call for help loads it."""

from __future__ import annotations

from typing import Literal

Severity = Literal["error", "warning", "info"]
"""How bad a finding is."""
Confidence = Literal["high", "medium", "low"]
"""How sure a rule is that its finding is right."""
Persona = Literal["regular", "pedantic", "auditor"]
"""How strict lint is."""
Format = Literal["text", "full", "concise", "json", "sarif", "github"]
"""How a report is written."""
Fixable = Literal["safe", "unsafe", ""]
"""What ``--fix`` can do about a finding."""
