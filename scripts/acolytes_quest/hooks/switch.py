"""Switch the rules of the hooks off: $ACOLYTES_QUEST_OFF lists the names of the rules that are off."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every tool call
if TYPE_CHECKING:
    from collections.abc import Mapping

SWITCH = "ACOLYTES_QUEST_OFF"
RULES = ("reservations", "turn-order", "direct-calls", "keep-working", "idle-wait", "wake-leader", "renew", "files")


def is_off(environ: Mapping[str, str], rule: str) -> bool:
    """Whether the user has switched this rule off.

    >>> is_off({"ACOLYTES_QUEST_OFF": "files,idle-wait"}, "files")
    True
    """
    return rule in environ.get(SWITCH, "").replace(",", " ").split()


def how_off(rule: str) -> str:
    """Return how the user can switch a rule off. Every reason ends with this."""
    return f'The user can switch this rule off with {SWITCH}={rule} in "env" of settings.json.'
