"""The tables in `perf/bad_files`: files with a mistake, and what a call about them says.

Each table has `files` and `refused`. A file is its text, or an object: `of` names a sample, whose bytes are changed by
`swap` (pairs of old and new text), `cut` (bytes that stay) and `add` (text at the end); `hex` is other content; `gzip`
packs the content, `encoding` is the encoding of its text, `mode` its permissions, `folder` an empty folder, and `link`
a link. A refused call has the whole line on standard error, without `acolytes-perf: ` and without the proposal; a
number at the start is another exit code than 2.
"""

import gzip
import json
from pathlib import Path
from typing import Any

from perf_samples import SAMPLES

FOLDER = Path(__file__).parents[1] / "perf" / "bad_files"
TABLES: dict[str, dict[str, Any]] = {
    file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.json"))
}
REFUSED: list[tuple[str, str, str]] = [
    (topic, call, line) for topic, table in TABLES.items() for call, line in table["refused"]
]


def make_files(files: dict[str, Any], folder: Path) -> None:
    """Write the files of a table."""
    for name, form in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(form, dict) and form.get("folder"):
            path.mkdir()
        elif isinstance(form, dict) and "link" in form:
            path.symlink_to(form["link"])
        else:
            path.write_bytes(_content({"text": form} if isinstance(form, str) else form))
            if isinstance(form, dict) and "mode" in form:
                path.chmod(int(form["mode"], 8))


def _content(form: dict[str, Any]) -> bytes:
    text = str(form.get("text", "")).encode()
    content = (SAMPLES / form["of"]).read_bytes() if "of" in form else bytes.fromhex(form.get("hex", "")) or text
    for old, new in form.get("swap", []):
        assert old.encode() in content, old
        content = content.replace(old.encode(), new.encode())
    content = content[: form.get("cut", len(content))] + form.get("add", "").encode() * form.get("times", 1)
    if "encoding" in form:
        content = content.decode().encode(form["encoding"])
    return gzip.compress(content, mtime=0)[: form.get("gzip")] if "gzip" in form else content
