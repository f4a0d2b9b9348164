"""Where the application's data is: inside an installed wheel, else in the checkout it runs from."""

from __future__ import annotations

from pathlib import Path

from acolytes_cc.errors import Exit, UserError

_PACKAGE = Path(__file__).resolve().parent


def data_path(name: str) -> Path:
    """The folder or file ``name`` (``agent_templates``, ``hooks``, ``schemas``) of the application's data.

    Raises UserError when this installation has lost it.
    """
    candidates = (_PACKAGE / "_data" / name, _PACKAGE.parents[1] / name)
    for candidate in candidates:
        if candidate.exists():
            return candidate
    places = " or ".join(map(str, candidates))
    raise UserError(f"this installation lacks its {name}: not at {places}; install it again", Exit.CANNOT)
