"""Which script the command of a hook runs."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

INTERPRETER = re.compile(r"(?:\S*/)?(?:ba|z|da)?sh|(?:\S*/)?(?:python|node|ruby|perl|bun)[\d.]*")
ROOT = re.compile(r"\"?\$(?:\{CLAUDE_(?:PROJECT_DIR|PLUGIN_ROOT)\}|CLAUDE_(?:PROJECT_DIR|PLUGIN_ROOT)\b)\"?/")
# Without its file, this ends with code 2, with which a hook blocks; bash with 127, node with 1
_ENDS_WITH_2 = re.compile(r"(?:\S*/)?(?:sh|dash|python[\d.]*)")
_BARE = re.compile(r"(?:\./)?[\w-][\w.-]*/[\w./-]+(?=\s|\Z)|\./[\w.-]+(?=\s|\Z)|[\w-]+\.(?:sh|py|js|mjs|ts)(?=\s|\Z)")
_HOME = re.compile(r"(?:~|\"?\$HOME\"?|\"?\$\{HOME\}\"?)/")
_IN_PROJECT = re.compile(r"\"?(?:\./)?(?=[\w.-]+/)")
_PATH = re.compile(r"[\w./-]+")

ScriptUse = Literal["program", "script", "blocking-script", "bare-script"]


class Script(NamedTuple):
    """A script of a hook.

    Attributes:
        use: How it is run. Without a "blocking-script", the hook blocks; a "bare-script" lacks the root of its plugin.
        path: Its path, below the project, the plugin, or with `~/` the home.
    """

    use: ScriptUse
    path: str


def script_of(command: str, *, plugin: bool) -> Script | None:
    """The script that a command starts with; None when that is not sure.

    >>> script_of("bash $CLAUDE_PROJECT_DIR/a.sh --x", plugin=False)
    Script(use='script', path='a.sh')
    >>> script_of(".claude/hooks/a.sh", plugin=False)
    Script(use='program', path='.claude/hooks/a.sh')
    >>> script_of("npm run build/all", plugin=False)
    """
    rest, word = command.lstrip(), ""
    if INTERPRETER.fullmatch(rest.partition(" ")[0]):
        word, _, rest = rest.partition(" ")
        rest = rest.lstrip()
    bare = _BARE.match(rest) if plugin else None
    if bare is not None:
        return Script("bare-script", bare[0].removeprefix("./"))
    home = None if plugin else _HOME.match(rest)
    root = ROOT.match(rest) or home or (None if plugin else _IN_PROJECT.match(rest))
    path = _PATH.match(rest, root.end()) if root else None
    if path is None or rest[path.end() : path.end() + 1] not in ("", " ", '"', ";"):
        return None
    use: ScriptUse = "program" if not word else "blocking-script" if _ENDS_WITH_2.fullmatch(word) else "script"
    return Script(use, f"~/{path[0]}" if home else path[0])
