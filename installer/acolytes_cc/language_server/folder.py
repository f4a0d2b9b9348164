"""What a folder of the workspace holds: its settings, and a summary of each file for the rules that see all of them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from acolytes_cc.definitions.files import ENDINGS
from acolytes_cc.definitions.kinds import SKILL
from acolytes_cc.definitions.registry import registry
from acolytes_cc.definitions.subject import load_subject
from acolytes_cc.errors import UserError
from acolytes_cc.lint.cache.client_version import version_on_path
from acolytes_cc.lint.cache.store import Cache, cache_folder
from acolytes_cc.lint.context.project import FileSummary, Project, summary_of
from acolytes_cc.lint.context.surroundings import Surroundings
from acolytes_cc.lint.engine.run import check_project
from acolytes_cc.lint.file_selection import select_files
from acolytes_cc.lint.finding import Finding, LintReport
from acolytes_cc.lint.settings.baseline import without_baseline
from acolytes_cc.lint.settings.file import LintSettings, find_settings, read_settings

# A user does not notice what takes less
_LONG = 0.01
# Files that decide what others are; folders, which have no dot in most names, may hold some
_PLACING = ("plugin.json", "marketplace.json", SKILL)
_NAMED_IN_SCANS = (*ENDINGS, ".json")
_FEW = 20


class OpenSurroundings(Surroundings):
    """A view of the disk in which an open document has the text that the editor shows."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        super().__init__()
        self._texts = texts

    def read(self, path: Path) -> bytes:
        """Return the text of an open document, or else the content of the file."""
        text = self._texts.get(str(path))
        return super().read(path) if text is None else text


class Folder:
    """A folder that is checked as a whole, as `acolytes lint .` does there.

    Attributes:
        path: Its absolute path.
        on_disk: A summary of each file that `acolytes lint .` checks, by path in sorted order; empty before a scan.
        is_behind: Whether the last answer of `project_findings` was an old one.
        settings: The settings of the nearest settings file.
        trouble: What is wrong with the settings or the baseline; empty if nothing is.
        registry: What the client knows.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.on_disk: Mapping[str, FileSummary] = {}
        self.is_behind = False
        self.settings = LintSettings()
        self.read_settings()
        self._neighbours: Mapping[str, FileSummary] = {}
        self._findings: dict[str, list[Finding]] = {}
        self._inputs: object = None
        self._seconds = 0.0

    def scanned(self, found: Mapping[str, FileSummary]) -> None:
        """Note which files there are."""
        self.on_disk = found
        self._neighbours = {path: _as_neighbour(summary) for path, summary in found.items()}

    def refresh(self, changed: Iterable[str]) -> bool:
        """Read files again that changed on the disk; return False if that takes a new scan."""
        read: dict[str, FileSummary] = {}
        for path in changed:
            name = os.path.basename(path)
            if path in self.on_disk and os.path.isfile(path) and name not in _PLACING and len(read) < _FEW:
                read[path] = summary_of(load_subject(Path(path)))
            elif name.endswith(_NAMED_IN_SCANS) or "." not in name:
                return False
        if read:
            self.scanned({**self.on_disk, **read})
        return True

    def without_baseline(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return the findings that are not in the baseline, or all if it cannot be read."""
        if not (self.settings.baseline and findings):
            return findings
        try:
            return without_baseline(LintReport(findings, 1), self.settings.baseline).findings
        except UserError as error:
            self.trouble = str(error)
            return findings

    def read_settings(self) -> None:
        """Read the settings file again. With a mistake in it, the default settings count."""
        self.trouble = ""
        try:
            file = find_settings(Path(self.path))
            self.settings = read_settings(file) if file else LintSettings()
        except (UserError, OSError) as error:
            self.settings = LintSettings()
            self.trouble = str(error)
        self.registry = registry(self.settings.client_version or version_on_path(Cache(cache_folder())))

    def holds(self, path: str) -> bool:
        """Return whether ``path`` is below this folder."""
        return path.startswith(os.path.join(self.path, ""))

    def forget_findings(self) -> None:
        """Run the rules for all files again, because files around them changed."""
        self._inputs = None

    def project_findings(
        self, open_files: Mapping[str, FileSummary], texts: Mapping[str, bytes], *, may_be_old: bool
    ) -> Mapping[str, list[Finding]]:
        """Return the findings of the rules that see all files together, for the open ones.

        Args:
            open_files: The summaries of the open documents.
            texts: Their contents.
            may_be_old: Whether the last answer will do where a new one takes long: in a folder with a thousand files.
        """
        inputs = (dict(open_files), self.on_disk)
        is_new = self._inputs is None or inputs != self._inputs
        self.is_behind = is_new and may_be_old and self._seconds > _LONG
        if is_new and not self.is_behind:
            started = time.perf_counter()
            files = {**self._neighbours, **open_files}
            project = Project(tuple(files[path] for path in sorted(files)), surroundings=OpenSurroundings(texts))
            found = check_project(project, self.registry, self.settings.policy)
            self._findings = {path: list(map(self._as_called_here, findings)) for path, findings in found.items()}
            self._inputs = inputs
            self._seconds = time.perf_counter() - started
        return self._findings

    def _as_called_here(self, finding: Finding) -> Finding:
        """A finding with the message that a call in this folder has: it names other files by relative paths."""
        return finding._replace(message=finding.message.replace(os.path.join(self.path, ""), ""))


def scan(folder: str, is_stopped: Callable[[], bool]) -> dict[str, FileSummary]:
    """Return a summary of each file that `acolytes lint FOLDER` checks, or of some when it is stopped."""
    found: dict[str, FileSummary] = {}
    try:
        paths = select_files([folder]).files
    except (UserError, OSError):
        return found
    for path in paths:
        if is_stopped():
            break
        found[path] = summary_of(load_subject(Path(path)))
    return found


def _as_neighbour(summary: FileSummary) -> FileSummary:
    """The summary of a file that is not open. What only its own findings need is left out, to save time."""
    return summary._replace(skills=(), servers=(), tool_servers=(), denied_servers=(), isolation=None, references=())
