"""Write the files of the repository that follow from others: ``python -m acolytes_cc.build.checkout``.

``plugin/`` holds what is rendered for the plugin, and links to everything else, so git holds no code twice. What the
client 2.1.330 does with links:

- From a git repository it copies the plugin into its cache, with what the links lead to.
- From a folder, and with ``--plugin-dir``, it follows them in place. But it loads no linked skill from a folder, so
  ``plugin/`` has every agent and skill as a file, even where rendering changes nothing.
- It skips a link that leads out of the marketplace. The links are relative, so that none does in a clone.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from acolytes_cc.build.hook_data import hook_data
from acolytes_cc.build.hook_files import docs_table, frontmatter_template
from acolytes_cc.build.plugin import marketplace, rendered_files, shared_parts

ROOT = Path(__file__).resolve().parents[3]

HOOK_TEMPLATE = "agent_templates/_shared/hooks.jinja"
PLUGIN_DOCS = "docs/plugin.md"
_BEGIN = "<!-- generated: {} -->\n\n"
_END = "\n\n<!-- end -->"


def source_files(root: Path = ROOT) -> dict[str, bytes]:
    """Return the generated files that the others are rendered from, and parts of docs, {path: content}."""
    docs = (root / PLUGIN_DOCS).read_text("utf-8")
    return {
        HOOK_TEMPLATE: frontmatter_template(),
        "hooks/generated.py": hook_data(),
        PLUGIN_DOCS: with_part(docs, "hooks", docs_table()).encode(),
    }


def plugin_files() -> dict[str, bytes]:
    """Return the rendered files of ``plugin/``, and the marketplace that offers it, {path: content}."""
    files = {f"plugin/{name}": content for name, content in rendered_files().items()}
    files[".claude-plugin/marketplace.json"] = marketplace("./plugin")
    return files


def with_part(text: str, name: str, part: str) -> str:
    """Return ``text`` with the generated part ``name`` made anew; ValueError where it has no such part."""
    begin = _BEGIN.format(name)
    before, marker, rest = text.partition(begin)
    _, end, after = rest.partition(_END)
    if not marker or not end:
        raise ValueError(f"no part {name!r} in the text: it begins with {begin!r} and ends with {_END!r}")
    return f"{before}{begin}{part}{end}{after}"


def links(root: Path = ROOT) -> dict[str, str]:
    """Return the links of ``plugin/``, {path: what the link holds}."""
    plugin = root / "plugin"
    return {f"plugin/{part.path}": os.path.relpath(part.source, (plugin / part.path).parent) for part in shared_parts()}


def stale_paths(root: Path = ROOT) -> list[str]:
    """Return the paths that are not what the sources give: missing, outdated, or left over in ``plugin/``."""
    sources = [name for name, content in source_files(root).items() if not _holds(root / name, content)]
    return sorted([*sources, *_stale_in_plugin(root, plugin_files(), links(root))])


def write(root: Path = ROOT) -> list[str]:
    """Write what is stale and remove what is left over; return those paths."""
    written = []
    for name, content in source_files(root).items():
        if not _holds(root / name, content):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
            written.append(name)
    files, targets = plugin_files(), links(root)  # only now: they are rendered from the files above
    stale = _stale_in_plugin(root, files, targets)
    for name in stale:
        path = root / name
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
    for name in stale:
        path = root / name
        if name in files or name in targets:
            path.parent.mkdir(parents=True, exist_ok=True)
        if name in files:
            path.write_bytes(files[name])
        elif name in targets:
            path.symlink_to(targets[name])
    return sorted([*written, *stale])


def _stale_in_plugin(root: Path, files: dict[str, bytes], targets: dict[str, str]) -> list[str]:
    outdated = [name for name, content in files.items() if not _holds(root / name, content)]
    outdated += [name for name, target in targets.items() if not _leads_to(root / name, target)]
    left_over = [name for name in _present(root) if name not in files and name not in targets]
    return sorted(outdated + left_over)


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and not path.is_symlink() and path.read_bytes() == content


def _leads_to(path: Path, target: str) -> bool:
    return path.is_symlink() and os.readlink(path) == target


def _present(root: Path) -> Iterator[str]:
    """Yield the files and links of ``plugin/``; links to folders are not entered."""
    for folder, folders, names in os.walk(root / "plugin"):
        folders[:] = [name for name in folders if name != "__pycache__"]
        here = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in names + here:
            yield os.path.relpath(os.path.join(folder, name), root)


def main() -> int:
    """Write the files and print what changed; with ``--check`` only print, and fail when there is any."""
    check = sys.argv[1:] == ["--check"]
    for name in (stale := stale_paths() if check else write()):
        print(f"{'outdated' if check else 'wrote'}: {name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
