"""An editor without a window: it starts `acolytes lsp`, keeps its own texts, and applies edits by its own count."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import to_fs_path

COMMAND = (sys.executable, "-m", "acolytes_cc", "lsp")
PATIENCE = 60.0
_CODECS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_UNIT_BYTES = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


class Editor:
    """One editor with one server.

    Args:
        root: The folder that is open; None for single files.
        encoding: The only unit of columns that the editor offers; None offers nothing, which means UTF-16.
        command: How the server is started.
        home: The home of the server; that of the caller if None.
        resolves: Whether it asks for the edits of an action when the user chose it.
        options: The options of our server that it sends at the start.
    """

    def __init__(
        self,
        root: Path | None,
        encoding: str | None = None,
        command: Sequence[str] = COMMAND,
        home: Path | None = None,
        *,
        resolves: bool = True,
        options: Mapping[str, object] | None = None,
    ) -> None:
        self.root = root
        self.encoding = encoding or "utf-16"
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.published: dict[str, types.PublishDiagnosticsParams] = {}
        self.messages: list[str] = []
        self.registered: list[types.Registration] = []
        self.sent = 0
        self._offered = encoding
        self._command = command
        self._home = home
        self._resolves = resolves
        self._options = options
        self._loop = asyncio.new_event_loop()
        self.client = LanguageClient("editor of the tests", "1")
        self._news = asyncio.Event()

    def __enter__(self) -> Editor:
        self._run(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def leave(self) -> int:
        """Say goodbye as an editor does; returns the exit code of the server."""
        if self._loop.is_closed():
            return 0
        process = self.process
        if process.returncode is None:
            self._run(self._goodbye())
        code = self._run(process.wait())
        self._run(self.client.stop())  # type: ignore[no-untyped-call]
        self._loop.close()
        return int(code)

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The server."""
        process = self.client._server
        assert isinstance(process, asyncio.subprocess.Process)
        return process

    def open(self, path: Path, text: str | None = None) -> list[types.Diagnostic]:
        """Open a file, with its content or with another text; returns its findings."""
        uri = path.as_uri()
        self.texts[uri] = path.read_bytes().decode() if text is None else text
        self.versions[uri] = 1
        item = types.TextDocumentItem(uri, "markdown", 1, self.texts[uri])
        self._tell(lambda: self.client.text_document_did_open(types.DidOpenTextDocumentParams(item)))
        return self.findings(path)

    def change(self, path: Path, *changes: tuple[int, int, str]) -> None:
        """Replace parts of the text, each (start, end, new text) in characters of the text before it."""
        uri = path.as_uri()
        events: list[types.TextDocumentContentChangeEvent] = []
        for start, end, new in changes:
            text = self.texts[uri]
            place = types.Range(self.position(text, start), self.position(text, end))
            events.append(types.TextDocumentContentChangePartial(place, new))
            self.texts[uri] = text[:start] + new + text[end:]
        self._changed(uri, events)

    def rewrite(self, path: Path, text: str) -> list[types.Diagnostic]:
        """Replace the whole text; returns the findings."""
        self.texts[path.as_uri()] = text
        self._changed(path.as_uri(), [types.TextDocumentContentChangeWholeDocument(text)])
        return self.findings(path)

    def save(self, path: Path) -> None:
        """Write the text to the disk, and say so."""
        path.write_bytes(self.texts[path.as_uri()].encode())
        identifier = types.TextDocumentIdentifier(path.as_uri())
        self._tell(lambda: self.client.text_document_did_save(types.DidSaveTextDocumentParams(identifier)))

    def close(self, path: Path) -> None:
        """Close a document."""
        identifier = types.TextDocumentIdentifier(path.as_uri())
        self.texts.pop(path.as_uri(), None)
        self._tell(lambda: self.client.text_document_did_close(types.DidCloseTextDocumentParams(identifier)))

    def files_changed(self, *paths: Path) -> None:
        """Say that files changed on the disk."""
        events = [types.FileEvent(path.as_uri(), types.FileChangeType.Changed) for path in paths]
        self._tell(lambda: self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events)))

    def findings(self, path: Path) -> list[types.Diagnostic]:
        """Wait for the findings in the present text."""
        uri = path.as_uri()
        self.wait_until(lambda: uri in self.published and self.published[uri].version == self.versions[uri])
        return list(self.published[uri].diagnostics)

    def codes(self, path: Path) -> list[str]:
        """The rules with findings that are shown now."""
        return [str(one.code) for one in self.published[path.as_uri()].diagnostics]

    def wait_until(self, condition: Any, patience: float = PATIENCE) -> None:
        """Wait until the server said something that makes the condition true."""
        self._run(self._wait_until(condition, patience))

    def actions(self, path: Path, offset: int, only: Sequence[str] | None = None) -> list[types.CodeAction]:
        """What the editor offers at an offset."""
        place = self.position(self.texts[path.as_uri()], offset)
        context = types.CodeActionContext([], list(only) if only else None)
        params = types.CodeActionParams(types.TextDocumentIdentifier(path.as_uri()), types.Range(place, place), context)
        found = self._run(self.client.text_document_code_action_async(params))
        return [one for one in found or () if isinstance(one, types.CodeAction)]

    def apply(self, path: Path, action: types.CodeAction) -> list[types.Diagnostic]:
        """Apply an action to the text as an editor does; returns the findings after it."""
        uri = path.as_uri()
        action = action if action.edit else self._run(self.client.code_action_resolve_async(action))
        assert action.edit
        if action.edit.document_changes:
            (document,) = action.edit.document_changes
            assert isinstance(document, types.TextDocumentEdit)
            assert document.text_document.version == self.versions[uri]
            edits = [one for one in document.edits if isinstance(one, types.TextEdit)]
        else:
            edits = list((action.edit.changes or {})[uri])
        return self.rewrite(path, self.edited(self.texts[uri], edits))

    def edited(self, text: str, edits: Sequence[types.TextEdit]) -> str:
        """The text after edits, which all count from the text before them."""
        spans = [(self.offset(text, one.range.start), self.offset(text, one.range.end), one.new_text) for one in edits]
        for start, end, new in sorted(spans, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def hover(self, path: Path, offset: int) -> str:
        """What is shown at an offset."""
        place = self.position(self.texts[path.as_uri()], offset)
        params = types.HoverParams(types.TextDocumentIdentifier(path.as_uri()), place)
        found = self._run(self.client.text_document_hover_async(params))
        return found.contents.value if found and isinstance(found.contents, types.MarkupContent) else ""

    def complete(self, path: Path, text: str) -> dict[str, str]:
        """Put a text with a `|` for the cursor; returns the text after each completion, by its label."""
        offset = text.index("|")
        text = text[:offset] + text[offset + 1 :]
        self.rewrite(path, text)
        params = types.CompletionParams(types.TextDocumentIdentifier(path.as_uri()), self.position(text, offset))
        found = self._run(self.client.text_document_completion_async(params))
        items = found.items if isinstance(found, types.CompletionList) else found or ()
        return {
            item.label: self.edited(text, [item.text_edit])
            for item in items
            if isinstance(item.text_edit, types.TextEdit)
        }

    def position(self, text: str, offset: int) -> types.Position:
        """Where an offset is, counted in the units that were agreed on."""
        starts = self._line_starts(text)
        line = max(number for number, start in enumerate(starts) if start <= offset)
        before = text[starts[line] : offset].encode(_CODECS[self.encoding])
        return types.Position(line, len(before) // _UNIT_BYTES[self.encoding])

    def offset(self, text: str, position: types.Position) -> int:
        """The offset of a position."""
        starts = [*self._line_starts(text), len(text)]
        line = text[starts[position.line] : starts[position.line + 1]].encode(_CODECS[self.encoding])
        before = line[: position.character * _UNIT_BYTES[self.encoding]]
        return starts[position.line] + len(before.decode(_CODECS[self.encoding]))

    def marked(self, path: Path, finding: types.Diagnostic) -> str:
        """The text that a finding underlines."""
        text = self.texts[path.as_uri()]
        return text[self.offset(text, finding.range.start) : self.offset(text, finding.range.end)]

    @contextlib.contextmanager
    def in_folder(self, root: Path) -> Iterator[Editor]:
        """Open another folder for a while."""
        folder = types.WorkspaceFolder(root.as_uri(), root.name)
        self._folders_changed(types.WorkspaceFoldersChangeEvent([folder], []))
        self.messages.clear()
        yield self
        for uri in list(self.texts):
            self.close(Path(to_fs_path(uri) or ""))
        self._folders_changed(types.WorkspaceFoldersChangeEvent([], [folder]))

    def _folders_changed(self, event: types.WorkspaceFoldersChangeEvent) -> None:
        params = types.DidChangeWorkspaceFoldersParams(event)
        self._tell(lambda: self.client.workspace_did_change_workspace_folders(params))

    def _environment(self) -> dict[str, str]:
        if self._home is None:
            return dict(os.environ)
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("CLAUDE", "ACOLYTES", "XDG_"))
        }
        return {**kept, "HOME": str(self._home)}

    async def _start(self) -> None:
        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def _publish(params: types.PublishDiagnosticsParams) -> None:
            self.published[params.uri] = params
            self.sent += 1
            self._news.set()

        @self.client.feature(types.WINDOW_SHOW_MESSAGE)  # type: ignore[untyped-decorator]
        def _show(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)
            self._news.set()

        @self.client.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
        def _register(params: types.RegistrationParams) -> None:
            self.registered += params.registrations
            self._news.set()

        await self.client.start_io(*self._command, env=self._environment(), cwd=self.root)
        watched = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        workspace = types.WorkspaceClientCapabilities(
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
            did_change_watched_files=watched,
        )
        actions = types.CodeActionClientCapabilities(
            resolve_support=types.ClientCodeActionResolveOptions(["edit"]) if self._resolves else None
        )
        text_document = types.TextDocumentClientCapabilities(code_action=actions)
        general = types.GeneralClientCapabilities(position_encodings=[self._offered]) if self._offered else None
        folders = [types.WorkspaceFolder(self.root.as_uri(), self.root.name)] if self.root else []
        params = types.InitializeParams(
            types.ClientCapabilities(workspace=workspace, text_document=text_document, general=general),
            process_id=os.getpid(),
            workspace_folders=folders,
            initialization_options=self._options,
        )
        result = await asyncio.wait_for(self.client.initialize_async(params), PATIENCE)
        self.encoding = str(result.capabilities.position_encoding or "utf-16")
        self.client.initialized(types.InitializedParams())

    async def _goodbye(self) -> None:
        await asyncio.wait_for(self.client.shutdown_async(None), PATIENCE)
        self.client.exit(None)

    async def _wait_until(self, condition: Any, patience: float) -> None:
        async def _heed_news() -> None:
            while not condition():
                self._news.clear()
                await self._news.wait()

        await asyncio.wait_for(_heed_news(), patience)

    def _changed(self, uri: str, events: Sequence[types.TextDocumentContentChangeEvent]) -> None:
        self.versions[uri] += 1
        identifier = types.VersionedTextDocumentIdentifier(uri=uri, version=self.versions[uri])
        self._tell(
            lambda: self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, list(events)))
        )

    def _tell(self, send: Any) -> None:
        async def _in_loop() -> None:
            send()

        self._run(_in_loop())

    def _run(self, what: Any) -> Any:
        return self._loop.run_until_complete(what)

    @staticmethod
    def _line_starts(text: str) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\r\n|\n|\r", text))]
