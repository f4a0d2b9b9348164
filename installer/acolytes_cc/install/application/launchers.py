"""The launchers of our commands: small shell scripts that name an interpreter, so that they start in any environment.

``${XDG_DATA_HOME:-~/.local/share}/acolytes`` holds ``bin`` (the folder for PATH), ``hook`` and ``rescue``. ``hook``
runs one of our hooks for definitions that may carry no absolute path. ``rescue`` works when the interpreter is gone.
"""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from pathlib import Path

from acolytes_cc.install.application.origin import find_origin
from acolytes_cc.install.disk.files import remove_staged, replace
from acolytes_cc.install.disk.places import base_interpreter, data_home, package_path
from acolytes_cc.resources import data_path

# command -> the package that runs it
COMMANDS = {"acolytes": "acolytes_cc", "acolytes-perf": "acolytes_perf", "acolytes-quest": "acolytes_quest"}

# the modules of acolytes_cc that the rescue needs; all of them do with the standard library
_RESCUE = ("__init__", "definitions/__init__", "definitions/json_splice")

# -I: no module of the current folder is imported. A package that is gone cannot be seen from the shell: a new version
# of Python, for example, looks in another folder.
_LAUNCHER = """\
#!/bin/sh
python={python}
if [ -x "$python" ] && [ -z "$ACOLYTES_RESCUE" ]; then
  exec "$python" -I -c 'import os, sys
try:
    from {package}.cli import main
except ImportError:
    os.environ["ACOLYTES_RESCUE"] = "1"
    os.execv("/bin/sh", ["/bin/sh", sys.argv[1], *sys.argv[2:]])
del sys.argv[1]
sys.exit(main())' "$0" "$@"
fi
{rescue}what="its Python is gone: $python"
[ -x "$python" ] && what="its package is gone: $python cannot import {package}"
echo "{name}: $what; to remove what it installed, run: acolytes uninstall; to repair it, run: "{mend} >&2
exit 3
"""

_RESCUE_CALL = """\
export ACOLYTES_RESCUE=1
case "$1" in doctor | uninstall)
  for other in python3 /usr/bin/python3; do
    if "$other" -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null && [ -f {facts} ]; then
      exec "$other" -I -S -B -c 'import sys
sys.path.insert(0, sys.argv.pop(1))
from acolytes_cc.rescue.command import main
sys.exit(main(sys.argv[1:]))' {folder} {facts} "$@"
    fi
  done ;;
esac
"""

_QUEST_LAUNCHER = """\
#!/bin/sh
python={python}
script={script}
if [ -x "$python" ] && [ -f "$script" ]; then
  exec "$python" -I -S "$script" "$@"
fi
what="its Python is gone: $python"
[ -x "$python" ] && what="its script is gone: $script"
echo "acolytes-quest: $what; to repair it, run: "{mend} >&2
exit 3
"""


def launchers_folder() -> Path:
    """The folder that goes on PATH: it holds nothing but our three commands."""
    return data_home() / "bin"


def path_setting() -> str:
    """What puts our commands on PATH: first, so that no other program of the same name is called."""
    return f'export PATH="{launchers_folder()}:$PATH"'


def other_program(command: str) -> str | None:
    """The program that a call of one of our commands starts at present, where that is not ours."""
    program = shutil.which(command)
    return program if program and COMMANDS[command] not in head(Path(program)) else None


def head(path: Path) -> str:
    """The start of a file as text; empty when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(4096).decode("utf-8", "replace")
    except OSError:
        return ""


def hook_launcher() -> Path:
    """The launcher that runs one of our hooks by name."""
    return data_home() / "hook"


def rescue_folder() -> Path:
    """The modules that work without the application."""
    return data_home() / "rescue"


def launcher_texts() -> dict[Path, str]:
    """The text of each launcher by its path, and of what it starts when the application is gone."""
    base = shlex.quote(str(base_interpreter()))
    hooks = shlex.quote(str(data_path("hooks")))
    script = package_path("acolytes_quest") / "__main__.py"
    folder, rescue = launchers_folder(), rescue_folder()
    mend = f"{find_origin().reinstall()} && {shlex.quote(str(folder / 'acolytes'))} doctor"
    facts = {"python": sys.executable, "base": str(base_interpreter()), "mend": mend}
    call = _RESCUE_CALL.format(folder=shlex.quote(str(rescue)), facts=shlex.quote(str(rescue / "facts.json")))
    words = {"python": shlex.quote(sys.executable), "mend": shlex.quote(mend)}
    texts = {
        folder / name: _LAUNCHER.format(**words, name=name, package=package, rescue=call if name == "acolytes" else "")
        for name, package in COMMANDS.items()
        if name != "acolytes-quest"
    }
    # -S: the board needs no site packages
    texts[folder / "acolytes-quest"] = _QUEST_LAUNCHER.format(
        python=base, script=shlex.quote(str(script)), mend=shlex.quote(mend)
    )
    texts[hook_launcher()] = (
        f'#!/bin/sh\nscript={hooks}/"$1".py\n'
        f'[ -x {base} ] && [ -f "$script" ] && [ -r "$script" ] || exit 0\nexec {base} -I -S "$script"\n'
    )
    texts[rescue / "facts.json"] = json.dumps(facts, indent=1) + "\n"
    return texts | {rescue / "acolytes_cc" / name: text for name, text in _rescue_modules().items()}


def write_launchers() -> None:
    """Write the launchers that are missing or differ. Raises OSError."""
    for path, text in launcher_texts().items():
        is_program = path.parent != rescue_folder() and path.suffix != ".py"
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_staged(path)
        if not path.is_file() or path.read_text("utf-8") != text:
            replace(path, text.encode(), 0o755 if is_program else 0o644)


def remove_launchers(paths: list[Path]) -> None:
    """Remove what ``launcher_texts`` named before its packages went. Raises OSError."""
    for path in paths:
        remove_staged(path)
        path.unlink(missing_ok=True)
    shutil.rmtree(rescue_folder(), ignore_errors=True)


def _rescue_modules() -> dict[str, str]:
    package = package_path("acolytes_cc")
    names = [f"{name}.py" for name in _RESCUE]
    names += [path.relative_to(package).as_posix() for path in sorted((package / "rescue").glob("*.py"))]
    return {name: (package / name).read_text("utf-8") for name in names}
