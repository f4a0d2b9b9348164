"""Where ``acolytes`` starts.

Imports next to nothing: the answer to a repeated ``acolytes lint`` is there before a library is.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``acolytes``; the exit code is 0, or as ``acolytes_cc.errors.Exit`` says."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    key = None
    if words[:1] == ["lint"] and "--no-cache" not in words:
        from acolytes_cc.lint.cache.answers import key_of, remembered, say

        key = key_of(words[1:])
        answer = remembered(key) if key else None
        if answer and say(answer.text):
            return answer.code
    from acolytes_cc.errors import guarded
    from acolytes_cc.verbs import run

    return guarded("acolytes", lambda: run(words, key))
