"""The extensions for VS Code and Zed: they name files that are there, and hold nothing that was built."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from acolytes_cc.definitions.kinds import kind_of
from acolytes_cc.language_server.schemas import _SCHEMAS
from editor import Editor
from support import ROOT, build_tree

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

VSCODE, ZED = ROOT / "editors/vscode", ROOT / "editors/zed"


@pytest.fixture
def package() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((VSCODE / "package.json").read_text())
    return loaded


def test_each_json_file_of_the_client_has_its_schema_in_vs_code(package: dict[str, Any]) -> None:
    """The kind of each file name is that of the linter, and its schema that of the language server."""
    associations = package["contributes"]["jsonValidation"]
    for one in associations:
        file = ROOT / one["url"]
        assert file.is_file()
        for pattern in one["fileMatch"]:
            kind = kind_of(pattern.replace("**", "/project"))
            assert kind is not None, pattern
            assert file.name == f"{_SCHEMAS[kind]}.schema.json", pattern
    published = {path.name for path in (ROOT / "schemas").glob("*.schema.json") if "frontmatter" not in path.name}
    assert {Path(one["url"]).name for one in associations} == published


def test_the_page_names_the_settings_that_the_extension_has(package: dict[str, Any]) -> None:
    settings = set(package["contributes"]["configuration"]["properties"])
    page = (ROOT / "docs/editors.md").read_text()
    assert settings == set(re.findall(r"`(acolytes\.[a-z.]+)`", page)) - {"acolytes.vsix"}
    assert "npm run package" in page
    assert "package" in package["scripts"]
    assert re.search(r"--out (\S+)", package["scripts"]["package"])[1] in page  # type: ignore[index]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
@pytest.mark.parametrize("name", ["extension.js", "copy-schemas.js"])
def test_the_programs_of_the_extension_are_valid(name: str) -> None:
    subprocess.run(["node", "--check", VSCODE / name], check=True, timeout=60)


def test_nothing_that_was_built_is_in_git() -> None:
    listed = subprocess.run(["git", "ls-files", "editors"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not [
        name for name in listed.stdout.split() if re.search(r"node_modules|\.vsix|schemas/|\.wasm|\.lock", name)
    ]


def test_zed_starts_the_server_under_the_name_that_the_page_has() -> None:
    manifest = tomllib.loads((ZED / "extension.toml").read_text())
    (name,) = manifest["language_servers"]
    assert f'const NAME: &str = "{name}"' in (ZED / "src/lib.rs").read_text()
    assert f'"lsp": {{"{name}"' in (ROOT / "docs/editors.md").read_text()


def test_an_editor_that_knows_the_schemas_is_offered_only_the_rest(tmp_path: Path) -> None:
    settings = build_tree(tmp_path, {".claude/settings.json": "{}"}) / ".claude/settings.json"
    with Editor(tmp_path, options={"knowsSchemas": True}) as editor:
        editor.open(settings)
        assert "permissions" not in editor.complete(settings, '{"|"}')
        assert "Bash" in editor.complete(settings, '{"permissions": {"allow": ["|"]}}')
