"""Where ``acolytes`` starts.

Imports next to nothing: the answer to a repeated ``acolytes lint`` is there before a library is.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``acolytes``; the exit code is 0, or one of those in ``acolytes_cc.errors.Exit``."""
    from acolytes_cc.pipes import outlive_readers

    outlive_readers()
    words = list(sys.argv[1:] if arguments is None else arguments)
    key = None
    if words[:1] == ["lint"] and "--no-cache" not in words:
        from acolytes_cc.lint.cache.keys import output_key
        from acolytes_cc.lint.cache.run_outputs import load_output
        from acolytes_cc.lint.cache.store import Cache, cache_folder

        key = output_key(words[1:])
        output = load_output(Cache(cache_folder()), key) if key else None
        if output and output.print():
            return output.exit_code
    if words[:1] == ["lint"]:
        from acolytes_cc.lint.garbage import without_collection

        with without_collection(is_last=True):  # the imports, too, make much that no search can free
            return _run(words, key)
    return _run(words, key)


def _run(words: list[str], key: bytes | None) -> int:
    from acolytes_cc.errors import guarded
    from acolytes_cc.verbs import run

    return guarded("acolytes", lambda: run(words, key))
