"""Decides when a document is checked, and sends its findings to the editor.

A document is checked when it is opened. While the user types, it is checked after a pause that is as long as the last
check took, so checking never takes more than half of a core. Folders are scanned by a thread.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial

from lsprotocol import types

from acolytes_cc.language_server.diagnostics import diagnostic
from acolytes_cc.language_server.folder import Folder, scan
from acolytes_cc.language_server.session import Session
from acolytes_cc.language_server.text import Text
from acolytes_cc.lint.context.project import FileSummary
from acolytes_cc.lint.finding import Finding

_LOG = logging.getLogger(__name__)
_SHORTEST_PAUSE = 0.005
_LONGEST_PAUSE = 0.5
_PAUSE_OF_USER = 0.3
# Files often change together, as in a checkout of another branch
_PAUSE_BEFORE_SCAN = 0.2


class Publisher:
    """Checks documents and sends their findings.

    Args:
        send: Sends the findings of a document.
        show_error: Shows a mistake in the settings to the user.
    """

    def __init__(
        self, send: Callable[[types.PublishDiagnosticsParams], None], show_error: Callable[[str], None]
    ) -> None:
        self.session = Session()
        self._send = send
        self._show_error = show_error
        self._sent: dict[str, tuple[Finding, ...]] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._pause = _SHORTEST_PAUSE
        self._is_stopped = threading.Event()
        self._catching_up: asyncio.TimerHandle | None = None
        self._to_scan: dict[str, Folder] = {}
        self._scan_timer: asyncio.TimerHandle | None = None
        self._scanner: threading.Thread | None = None
        self._shown: set[str] = set()

    def put(self, uri: str, path: str, version: int | None, text: Text) -> None:
        """Note a text that was opened or changed."""
        folders = len(self.session.folders)
        self.session.put(uri, path, version, text)
        if len(self.session.folders) > folders:
            self.scan([self.session.documents[uri].folder])

    def findings(self, uri: str) -> tuple[Finding, ...]:
        """Return the findings in a document as it is now."""
        if uri in self._waiting:
            self.publish_now(uri)
        return self._sent.get(uri, ())

    def publish_soon(self, uri: str) -> None:
        """Check a document after a pause, and then as it is by then."""
        if uri not in self._waiting:
            while_typing = partial(self.publish_now, uri, may_be_old=True)
            self._waiting[uri] = asyncio.get_running_loop().call_later(self._pause, while_typing)

    def publish_now(self, uri: str, *, may_be_old: bool = False) -> None:
        """Check a document and send its findings; also those of other documents, if theirs changed by it.

        With ``may_be_old``, findings that need many other files come later, when the user pauses.
        """
        timer = self._waiting.pop(uri, None)
        if timer:
            timer.cancel()
        start = time.perf_counter()
        self._publish(uri, may_be_old=may_be_old)
        snapshot = self.session.documents.get(uri)
        if snapshot and snapshot.folder.is_behind:
            self._catch_up_later()
        else:
            self._publish_changed()
        self._pause = min(max(time.perf_counter() - start, _SHORTEST_PAUSE), _LONGEST_PAUSE)

    def close(self, uri: str) -> None:
        """Forget a document and remove its findings from the editor."""
        if timer := self._waiting.pop(uri, None):
            timer.cancel()
        self._sent.pop(uri, None)
        if uri in self.session.documents:
            self.session.close(uri)
            self._send(types.PublishDiagnosticsParams(uri, []))
            self._publish_changed()

    def files_changed(self, paths: Iterable[str]) -> None:
        """Check the open documents again, because files changed on the disk."""
        self.scan(self.session.files_changed(paths))
        self._publish_changed()

    def scan(self, folders: Iterable[Folder]) -> None:
        """Read the files of some folders in a thread, and then check the open documents again."""
        self._to_scan.update((folder.path, folder) for folder in folders)
        self._show_troubles()
        if self._to_scan and self._scan_timer is None:
            self._scan_timer = asyncio.get_running_loop().call_later(_PAUSE_BEFORE_SCAN, self._start_scan)

    def stop(self) -> None:
        """Stop what runs in the background."""
        self._is_stopped.set()

    def _start_scan(self) -> None:
        self._scan_timer = None
        if self._scanner is not None:
            return  # `_scanned` starts the next one
        folders, self._to_scan = list(self._to_scan.values()), {}
        loop = asyncio.get_running_loop()
        self._scanner = threading.Thread(target=self._scan, args=(folders, loop), daemon=True)
        self._scanner.start()

    def _scan(self, folders: list[Folder], loop: asyncio.AbstractEventLoop) -> None:
        """In the thread: read the files."""
        for folder in folders:
            if self._is_stopped.is_set():
                return
            try:
                found = scan(folder.path, self._is_stopped.is_set)
            except Exception:  # noqa: BLE001 - without the other files, the open ones are still checked
                _LOG.exception("cannot read the files in %s", folder.path)
                continue
            self._call(loop, partial(self._found, folder, found))
        self._call(loop, self._scanned)

    def _call(self, loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
        if not self._is_stopped.is_set() and not loop.is_closed():
            loop.call_soon_threadsafe(function)

    def _found(self, folder: Folder, found: dict[str, FileSummary]) -> None:
        self.session.scanned(folder, found)
        self._publish_changed()

    def _scanned(self) -> None:
        self._scanner = None
        if self._to_scan and self._scan_timer is None:
            self._start_scan()

    def _publish_changed(self) -> None:
        for uri in list(self.session.documents):
            if uri not in self._waiting:
                self._publish(uri, only_if_changed=True)

    def _catch_up_later(self) -> None:
        """Run the rules for all files when the user pauses."""
        if self._catching_up:
            self._catching_up.cancel()
        self._catching_up = asyncio.get_running_loop().call_later(_PAUSE_OF_USER, self._publish_changed)

    def _publish(self, uri: str, *, only_if_changed: bool = False, may_be_old: bool = False) -> None:
        snapshot = self.session.documents.get(uri)
        if snapshot is None:
            return
        try:
            findings = self.session.findings(snapshot, may_be_old=may_be_old)
        except Exception:  # noqa: BLE001 - a bug in a rule must not end the server
            _LOG.exception("cannot check %s", snapshot.path)
            findings = ()
        if only_if_changed and findings == self._sent.get(uri):
            return
        self._sent[uri] = findings
        shown = [diagnostic(finding, snapshot.text) for finding in findings]
        self._send(types.PublishDiagnosticsParams(uri, shown, snapshot.version))
        self._show_troubles()

    def _show_troubles(self) -> None:
        """Show what is wrong with settings, once."""
        troubles = {folder.trouble for folder in self.session.folders.values() if folder.trouble}
        for trouble in sorted(troubles - self._shown):
            self._show_error(trouble)
        self._shown = troubles
