"""A first look at the client's settings, before the environment is made."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from setting_up.errors import SetupError


def refuse_broken_settings(options: Sequence[str]) -> None:
    """Refuse a settings file that `acolytes install` cannot edit, rather than after a minute of setting up.

    Only for a first installation whose ``options`` do not choose the hooks: any other may leave the settings alone.

    Raises:
        SetupError: The file is no JSON, or has hooks that the client ignores.
    """
    # These modules need nothing but the standard library.
    from acolytes_cc.errors import UserError
    from acolytes_cc.install.disk.places import MANIFEST, find_places
    from acolytes_cc.install.settings.editing import is_blank, read_text, split_mark

    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--scope", choices=("user", "project"), default="user")
    parser.add_argument("--target")
    parser.add_argument("--data", action="append", default=[])
    parser.add_argument("--answers")
    try:
        chosen = parser.parse_known_args(options)[0]
        places = find_places(chosen.scope, chosen.target)
    except (argparse.ArgumentError, UserError):
        return  # `acolytes install` says what is wrong
    chooses_hooks = chosen.answers or any(answer.startswith("hooks=") for answer in chosen.data)
    if chooses_hooks or (places.target / MANIFEST).exists():
        return
    try:
        text = read_text(places.settings)
        if text is not None and not is_blank(text):
            split_mark(places.settings, text)
    except UserError as error:
        raise SetupError(str(error), error.code) from None
