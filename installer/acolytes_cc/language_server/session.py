"""What is open in the editor, and what is found in it. Knows nothing of messages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from acolytes_cc.definitions.places import forget_places, place_of
from acolytes_cc.definitions.subject import Subject, parse_subject
from acolytes_cc.language_server.folder import Folder
from acolytes_cc.language_server.selection import is_checked
from acolytes_cc.language_server.text import Text
from acolytes_cc.lint.context.project import FileSummary
from acolytes_cc.lint.engine.apply_policy import apply_policy
from acolytes_cc.lint.engine.check_file import check_file
from acolytes_cc.lint.finding import FileResult, Finding

SETTINGS_FILES = (".acolytes.toml", "pyproject.toml")


@dataclass(frozen=True)
class Snapshot:
    """An open document at one moment.

    Attributes:
        path: The path of the file, which need not exist.
        version: The editor's number of this text.
        text: The text.
        folder: The folder of the workspace that it belongs to.
    """

    path: str
    version: int | None
    text: Text
    folder: Folder

    @cached_property
    def is_checked(self) -> bool:
        """Whether the linter checks this file."""
        return self.path in self.folder.on_disk or is_checked(self.path, self.text.content, self.folder.path)

    @cached_property
    def subject(self) -> Subject:
        """The parsed text."""
        return parse_subject(self.text.data, self.path)

    @cached_property
    def result(self) -> FileResult:
        """What follows from this text alone."""
        return check_file(self.subject, self.folder.registry, self.folder.settings.policy.codes)


class Session:
    """The folders and documents that are open."""

    def __init__(self) -> None:
        self.folders: dict[str, Folder] = {}
        self.documents: dict[str, Snapshot] = {}

    def add_folder(self, path: str) -> Folder:
        """Add a folder of the workspace."""
        if path not in self.folders:
            self.folders[path] = Folder(path)
        return self.folders[path]

    def remove_folder(self, path: str) -> None:
        """Remove a folder of the workspace. Its documents stay with it until they are closed."""
        self.folders.pop(path, None)

    def folder_of(self, path: str) -> Folder:
        """Return the folder that a file belongs to: the innermost of the workspace, or else the place around it."""
        holding = [folder for folder in self.folders.values() if folder.holds(path)]
        if holding:
            return max(holding, key=lambda folder: len(folder.path))
        parent = os.path.dirname(path)
        return self.add_folder(place_of(parent).root or parent)

    def put(self, uri: str, path: str, version: int | None, text: Text) -> Snapshot:
        """Note a text that was opened or changed."""
        known = self.documents.get(uri)
        self.documents[uri] = Snapshot(path, version, text, known.folder if known else self.folder_of(path))
        return self.documents[uri]

    def close(self, uri: str) -> None:
        """Forget an open document: from now on the file on the disk counts."""
        self.documents.pop(uri, None)

    def files(self, folder: Folder) -> list[FileSummary]:
        """Return the files of a folder, the open ones as they are in the editor."""
        of_open = {one.path: one.result.summary for one in self.documents.values() if one.folder is folder}
        return list({**folder.on_disk, **of_open}.values())

    def findings(self, snapshot: Snapshot, *, may_be_old: bool = False) -> tuple[Finding, ...]:
        """Return the findings to show in a document.

        Args:
            snapshot: The document.
            may_be_old: Whether those findings that need other files may be the last ones, to save time.
        """
        if not snapshot.is_checked:
            return ()
        folder = snapshot.folder
        around = [one for one in self.documents.values() if one.folder is folder and one.is_checked]
        of_project = folder.project_findings(
            {one.path: one.result.summary for one in around},
            {one.path: one.text.data for one in around},
            may_be_old=may_be_old,
        )
        path, policy = snapshot.path, folder.settings.policy
        found = apply_policy(path, snapshot.result, of_project.get(path, ()), policy).findings
        return folder.without_baseline(tuple(found))

    def scanned(self, folder: Folder, found: Mapping[str, FileSummary]) -> None:
        """Note which files a folder has."""
        folder.scanned(found)
        self.documents = {uri: _again(one) for uri, one in self.documents.items()}

    def files_changed(self, paths: Iterable[str]) -> set[Folder]:
        """Note that files changed on the disk; return the folders to scan again."""
        forget_places()
        changed = list(paths)
        for folder in self.folders.values():
            if any(os.path.basename(path) in SETTINGS_FILES for path in changed):
                folder.read_settings()
            folder.forget_findings()
        self.documents = {uri: _again(one) for uri, one in self.documents.items()}
        return {folder for folder in self.folders.values() if not folder.refresh(filter(folder.holds, changed))}


def _again(snapshot: Snapshot) -> Snapshot:
    """The same document, to be checked again."""
    return Snapshot(snapshot.path, snapshot.version, snapshot.text, snapshot.folder)
