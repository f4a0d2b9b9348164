"""A home for the client in which the user's own definitions are seen, and nothing of the user's can be written.

Folders of definitions are links: the client follows them, and writes into none of them. Settings and CLAUDE.md are
copies, because the client replaces its settings file when it brings an old one up to date.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from acolytes_cc.doctor.client_run import environment

_LINKED = ("agents", "skills", "commands", "rules", "output-styles")
_COPIED = ("settings.json", "CLAUDE.md", "keybindings.json")
_MOST_BYTES = 16_777_216


def make_home(home: Path, config: Path | None) -> Path:
    """Make the folder ``home`` the home of a user whose configuration is like ``config``; empty if that is None."""
    own = home / ".claude"
    own.mkdir(parents=True)
    for name in _LINKED if config else ():
        if config and (config / name).is_dir():
            (own / name).symlink_to((config / name).resolve())
    for name in _COPIED if config else ():
        if config and (config / name).is_file() and (config / name).stat().st_size <= _MOST_BYTES:
            shutil.copyfile(config / name, own / name)
    return home


def quiet_environment(home: Path, url: str) -> dict[str, str]:
    """The environment of a client that reaches the loopback model at ``url`` alone, and changes no repository."""
    proxies = [name for proxy in ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY") for name in (proxy, proxy.lower())]
    git = {
        "GIT_OPTIONAL_LOCKS": "0",  # `git status` would write the index
        "GIT_ALLOW_PROTOCOL": "file",
        "GIT_TERMINAL_PROMPT": "0",
        # a repository can name a program that `git status` runs
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": "false",
    }
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "CONFIG", "DATA", "STATE")}
    temporary = home / "tmp"  # else the client leaves folders for its sockets and tasks
    temporary.mkdir(parents=True, exist_ok=True)
    return {
        **environment(home, url, os.environ),
        "TMPDIR": str(temporary),
        **dict.fromkeys(proxies, url),
        "NO_PROXY": "127.0.0.1,localhost,::1",
        "no_proxy": "127.0.0.1,localhost,::1",
        **folders,
        **git,
    }
