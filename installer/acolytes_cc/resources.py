"""Where the application's data is: inside an installed wheel, else in the checkout from which it runs."""

from __future__ import annotations

from pathlib import Path

from acolytes_cc.errors import Exit, UserError

_PACKAGE = Path(__file__).resolve().parent


def data_path(name: str) -> Path:
    """Return a folder or file of the application's data.

    Args:
        name: ``agent_templates``, ``hooks``, ``schemas`` or ``LICENSE``.

    Raises:
        UserError: It is missing in this installation.
    """
    candidates = (_PACKAGE / "_data" / name, _PACKAGE.parents[1] / name)
    for candidate in candidates:
        if candidate.exists():
            return candidate
    places = " nor at ".join(map(str, candidates))
    raise UserError(f"{name} is missing: it is neither at {places}: install it again", Exit.CANNOT)
