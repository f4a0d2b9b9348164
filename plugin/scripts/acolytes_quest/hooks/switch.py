"""The switch of each rule that hooks hold: $ACOLYTES_QUEST_OFF lists the names of those that are off."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every tool call
if TYPE_CHECKING:
    from collections.abc import Mapping

SWITCH = "ACOLYTES_QUEST_OFF"
RULES = ("reservations", "turn-order", "direct-calls", "keep-working", "idle-wait", "renew", "files")


def is_off(environ: Mapping[str, str], rule: str) -> bool:
    """Whether the user has switched this rule off."""
    return rule in environ.get(SWITCH, "").replace(",", " ").split()


def how_off(rule: str) -> str:
    """Return what every reason ends with: who may switch the rule off, and how."""
    return f'The user may switch this rule off by {SWITCH}={rule} in "env" of settings.json.'
