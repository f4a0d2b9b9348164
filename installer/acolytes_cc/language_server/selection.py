"""Which files of a workspace are checked: the same as in `acolytes lint FOLDER`, but by their text in the editor."""

from __future__ import annotations

import os
from pathlib import Path

from acolytes_cc.definitions.files import (
    DOCUMENTS,
    ENDINGS,
    is_hidden,
    is_left_alone,
    is_skill_for_others,
    is_template,
    may_be_for_client,
    not_entered,
)
from acolytes_cc.definitions.kinds import AGENTS, COMMANDS, ENDING, SKILL, is_in_skill, placed_kind
from acolytes_cc.definitions.looks import looks_like, looks_like_command
from acolytes_cc.definitions.misplaced import misplaced
from acolytes_cc.definitions.places import place_of


def is_checked(path: str, text: str, folder: str) -> bool:
    """Return whether `definitions.files.scan_folder` would find this file in ``folder`` if it had this text.

    In a folder without any definition, the scan also takes look-alikes from anywhere; that cannot be known here.
    """
    name = os.path.basename(path)
    parent = os.path.dirname(path)
    if not may_be_for_client(parent, name):
        return False
    parts = Path(os.path.relpath(parent, folder)).parts
    if any(part in not_entered(os.path.join(folder, *parts[:number])) for number, part in enumerate(parts)):
        return False
    place = place_of(parent)
    if is_in_skill(parent):
        is_elsewhere = is_skill_for_others(Path(parent), parts)
        return name == SKILL and not is_elsewhere and not is_in_skill(os.path.dirname(parent))
    kind = placed_kind(path)
    if kind in ("agent", "plugin-agent"):
        return _is_definition(name, text)
    is_of_others = place.kind == "other" and is_hidden(parts)
    if kind or (not is_of_others and misplaced(path, lambda: text)):
        return True
    if name.endswith(".json"):
        return False
    if os.path.basename(folder) == AGENTS or place.inside[:1] == (AGENTS,):
        return _is_definition(name, text)
    if is_left_alone(parts, place) or is_template(name):
        return False
    if AGENTS in parts:
        return looks_like(text, name) == "agent"
    return COMMANDS in parts and looks_like_command(text)


def _is_definition(name: str, text: str) -> bool:
    """Whether a file of a folder `agents` is a definition: documents are not, unless they have frontmatter."""
    is_document = name.lower() in DOCUMENTS
    has_other_ending = not name.endswith(ENDING) and os.path.splitext(name)[1].lower() in ENDINGS
    has_frontmatter = text.removeprefix("\ufeff").lstrip().startswith("---")
    return has_frontmatter or not (is_document or has_other_ending)
