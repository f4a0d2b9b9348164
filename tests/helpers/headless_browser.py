"""A headless Chromium that opens a page of ours: what it logs, how wide the page is, and what axe-core finds."""

import functools
import html
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Runs axe in the page and tells the page around it what it found, and how wide the page is.
_PROBE = """
addEventListener("load", () => {
  const width = document.documentElement.scrollWidth;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const tell = (violations) => parent.postMessage(JSON.stringify({width, dark, violations}), "*");
  if (!window.axe) { tell([]); return; }
  axe.run().then((result) => tell(result.violations.map(
    (one) => [one.id, one.nodes.map((node) => node.html + " " + node.failureSummary).slice(0, 3)])));
});
"""
#: The page around it, since a window cannot be narrower than 500 pixels.
_FRAME = """<!DOCTYPE html><title>probe</title><pre id="probe"></pre>
<script>addEventListener("message", (event) => { document.getElementById("probe").textContent = event.data; });</script>
<iframe title="page" width="%d" height="2000" style="border: 0" srcdoc="%s"></iframe>
"""


def path() -> str | None:
    """The browser on PATH."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@functools.lru_cache(maxsize=1)
def axe(folder: Path) -> str | None:
    """The script of axe-core, fetched into the folder; None without npm or registry."""
    npm = shutil.which("npm")
    if not npm:
        return None
    call = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "axe-core@4"]
    done = subprocess.run(call, capture_output=True, text=True, timeout=120, check=False)
    script = folder / "node_modules/axe-core/axe.min.js"
    return script.read_text(encoding="utf-8") if done.returncode == 0 and script.exists() else None


def look(page: Path, width: int, *, dark: bool = False, script: str = "") -> tuple[dict[str, Any], list[str]]:
    """Open a copy of the page that carries a probe.

    Returns:
        What the probe saw, and the lines of the console.
    """
    program = path()
    assert program
    text = page.read_text(encoding="utf-8")
    policy = text[text.index('<meta http-equiv="Content-Security-Policy"') :].split("\n", 1)[0]
    probed = text.replace(policy, "").replace("</body>", f"<script>{script}</script><script>{_PROBE}</script></body>")
    copy = page.with_name(f"probe-{width}-{dark}.html")
    copy.write_text(_FRAME % (width, html.escape(probed)), encoding="utf-8")
    words = [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={page.parent / 'profile'}", f"--window-size={width + 100},1000",
             "--enable-logging=stderr", "--virtual-time-budget=20000",
             *(["--blink-settings=preferredColorScheme=0"] if dark else []), "--dump-dom"]  # fmt: skip
    done = subprocess.run([*words, copy.as_uri()], capture_output=True, text=True, timeout=120, check=False)
    console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    # the page as it is, with its policy
    plain = subprocess.run([*words, page.as_uri()], capture_output=True, text=True, timeout=120, check=False)
    console += [line for line in plain.stderr.splitlines() if ":CONSOLE" in line]
    result = done.stdout.rpartition('<pre id="probe">')[2].partition("</pre>")[0]
    found: dict[str, Any] = json.loads(html.unescape(result))
    return found, console
