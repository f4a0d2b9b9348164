"""The real Neovim, with the configuration of docs/editors.md."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT, build_tree

NVIM = shutil.which("nvim", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
AGENT = "---\nname: a\ndescription: Use when it is needed.\ntools: [Bash(😀), Raed]\ncolor: Blue\n---\nDo it.\n"
# Neovim runs this, and prints what it sees as JSON
SCRIPT = """
local function wait(condition) assert(vim.wait(60000, condition, 20), 'timeout') end
local function marked(one)
  return vim.api.nvim_buf_get_text(0, one.lnum, one.col, one.end_lnum, one.end_col, {})[1]
end
local function codes() return vim.tbl_map(function(one) return one.code end, vim.diagnostic.get(0)) end
wait(function() return #vim.diagnostic.get(0) > 0 end)
local seen = {}
seen.first = vim.tbl_map(function(one) return { one.code, marked(one) } end, vim.diagnostic.get(0))
-- type behind the emoji, without saving
local row = 3
vim.api.nvim_buf_set_text(0, row, #'tools: [Bash(😀), ', row, #'tools: [Bash(😀), Raed', { 'Read(😀), Grpe' })
wait(function() return vim.iter(vim.diagnostic.get(0)):any(function(one) return marked(one) == 'Grpe' end) end)
vim.api.nvim_buf_set_text(0, row, 0, row, -1, { 'tools: Read, Raed' })
wait(function() return #vim.diagnostic.get(0) == 2 end)
seen.typed = vim.tbl_map(function(one) return { one.code, marked(one) } end, vim.diagnostic.get(0))
-- a quick fix, as `gra` applies it
vim.api.nvim_win_set_cursor(0, { 5, #'color: ' })
vim.lsp.buf.code_action({
  apply = true,
  filter = function(action) return action.isPreferred end,
})
wait(function() return vim.api.nvim_buf_get_lines(0, 4, 5, false)[1] == 'color: blue' end)
wait(function() return #vim.diagnostic.get(0) == 1 end)
seen.fixed = codes()
local params = vim.lsp.util.make_position_params(0, 'utf-16')
params.position = { line = 3, character = 1 }
local answers = vim.lsp.buf_request_sync(0, 'textDocument/hover', params, 60000)
for _, answer in pairs(answers) do seen.hover = answer.result.contents.value end
seen.health = #vim.lsp.get_clients({ name = 'acolytes' })
io.stdout:write(vim.json.encode(seen))
vim.cmd('qall!')
"""


@pytest.mark.skipif(NVIM is None, reason="there is no Neovim")
def test_neovim_shows_findings_and_applies_a_fix(tmp_path: Path, scratch_home: Path) -> None:
    page = (ROOT / "docs/editors.md").read_text()
    (configuration,) = re.findall(r"```lua\n(.*?)```", page, re.DOTALL)
    launcher = f'#!/bin/sh\nexec {sys.executable} -m acolytes_cc "$@"\n'
    files = {
        "bin/acolytes": launcher,
        "init.lua": configuration,
        "script.lua": SCRIPT,
        "project/.claude/agents/a.md": AGENT,
    }
    build_tree(tmp_path, files)
    (tmp_path / "bin/acolytes").chmod(0o755)
    agent = tmp_path / "project/.claude/agents/a.md"
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(
        [
            str(NVIM),
            "--headless",
            "-n",
            "-u",
            str(tmp_path / "init.lua"),
            str(agent),
            "-c",
            f"luafile {tmp_path}/script.lua",
        ],
        capture_output=True,
        text=True,
        env=environment,
        cwd=agent.parent,
        timeout=120,
        check=False,
    )
    assert run.stdout.startswith("{"), run.stderr
    seen = json.loads(run.stdout)
    assert ["ACO202", "Raed"] in seen["first"]
    assert seen["typed"] == [["ACO202", "Raed"], ["ACO108", "Blue"]]
    assert seen["fixed"] == ["ACO202"]
    assert "all tools that subagents may have" in seen["hover"]
    assert seen["health"] == 1
    assert agent.read_text() == AGENT
