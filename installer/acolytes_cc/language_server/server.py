"""Receives the messages of the editor and answers them."""

from __future__ import annotations

import logging
import os
import sys

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import to_fs_path

from acolytes_cc import __version__
from acolytes_cc.language_server.actions import KINDS, Actions
from acolytes_cc.language_server.complete import TRIGGERS, completions
from acolytes_cc.language_server.hover import hover
from acolytes_cc.language_server.publish import Publisher
from acolytes_cc.language_server.text import Text
from acolytes_cc.language_server.warm_up import warm_up

_LOG = logging.getLogger(__name__)
# What can change the verdict on an open file: other definitions, settings, scripts of hooks
_WATCHED = (
    "**/*.{md,markdown,mdown,mdx,mdc,txt,json}",
    "**/{.acolytes,pyproject}.toml",
    "**/.claude/**",
    "**/hooks/**",
)


class _Protocol(LanguageServerProtocol):
    """Leaves open documents to us: pygls takes a form feed for the end of a line, and no editor does."""

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams):  # type: ignore[no-untyped-def]
        """Call our handler alone."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams):  # type: ignore[no-untyped-def]
        """Call our handler alone."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams):  # type: ignore[no-untyped-def]
        """Call our handler alone."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None


class Server(LanguageServer):
    """The server, and what is open in the editor."""

    def __init__(self) -> None:
        super().__init__("acolytes", __version__, protocol_cls=_Protocol)
        self.publisher = Publisher(self.text_document_publish_diagnostics, self._show_error)

    @property
    def encoding(self) -> str:
        """How the editor counts columns."""
        return self.workspace.position_encoding or types.PositionEncodingKind.Utf16

    @property
    def takes_versioned_edits(self) -> bool:
        """Whether the editor takes edits together with the version of the text that they are for."""
        workspace = self.client_capabilities.workspace
        return bool(workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes)

    @property
    def takes_watchers(self) -> bool:
        """Whether the editor watches files for a server that asks for it."""
        workspace = self.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace else None
        return bool(watched and watched.dynamic_registration)

    def report_server_error(self, error: Exception, source: object) -> None:
        """Log an error of ours or of the editor; a message box for each would be in the user's way."""
        _LOG.error("%s: %s", getattr(source, "__name__", source), error)

    def _show_error(self, message: str) -> None:
        _LOG.error("%s", message)
        self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"acolytes: {message}"))


def make_server() -> Server:
    """Return a server that answers all messages that we know."""
    server = Server()
    session, publisher = server.publisher.session, server.publisher

    @server.feature(types.INITIALIZE)
    def _initialize(params: types.InitializeParams) -> None:
        warm_up()
        root = params.root_uri or ""
        for uri in [folder.uri for folder in params.workspace_folders or ()] or [root]:
            if path := local_path(uri):
                session.add_folder(path)

    @server.feature(types.INITIALIZED)
    def _initialized(_params: types.InitializedParams) -> None:
        if server.takes_watchers:
            server.client_register_capability(_watch_files())
        publisher.scan(session.folders.values())

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def _did_open(params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        if path := local_path(document.uri):
            whole = types.TextDocumentContentChangeWholeDocument(document.text)
            publisher.put(document.uri, path, document.version, Text("", server.encoding).changed([whole]))
            publisher.publish_now(document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def _did_change(params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        if known := session.documents.get(document.uri):
            publisher.put(document.uri, known.path, document.version, known.text.changed(params.content_changes))
            publisher.publish_soon(document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def _did_save(params: types.DidSaveTextDocumentParams) -> None:
        if path := local_path(params.text_document.uri):
            publisher.files_changed([path])

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def _did_close(params: types.DidCloseTextDocumentParams) -> None:
        publisher.close(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def _files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        publisher.files_changed([path for one in params.changes if (path := local_path(one.uri))])

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def _folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.removed:
            session.remove_folder(local_path(folder.uri))
        added = [path for folder in params.event.added if (path := local_path(folder.uri))]
        publisher.scan([session.add_folder(path) for path in added])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=list(KINDS)))
    def _code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        if not (snapshot := session.documents.get(uri)):
            return []
        actions = Actions(uri, snapshot, publisher.findings(uri), versioned=server.takes_versioned_edits)
        return list(actions.at(params.range, params.context.only))

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def _hover(params: types.HoverParams) -> types.Hover | None:
        uri = params.text_document.uri
        snapshot = session.documents.get(uri)
        return hover(snapshot, publisher.findings(uri), params.position) if snapshot else None

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=list(TRIGGERS)))
    def _complete(params: types.CompletionParams) -> list[types.CompletionItem]:
        snapshot = session.documents.get(params.text_document.uri)
        return completions(snapshot, params.position) if snapshot else []

    @server.feature(types.SHUTDOWN)
    def _shutdown(*_params: object) -> None:
        publisher.stop()

    return server


def serve() -> int:
    """Talk with the editor on standard input and output until it says `exit`, or closes its end."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="acolytes lsp: %(levelname)s: %(message)s")
    output, sys.stdout = sys.stdout, sys.stderr  # nothing but messages may go to standard output
    server = make_server()
    try:
        server.start_io(sys.stdin.buffer, output.buffer)
    finally:
        server.publisher.stop()
    return 0


def local_path(uri: str) -> str:
    """Return the path of a file on this machine; empty for another document, such as one that has no file yet."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return os.path.abspath(path) if path else ""


def _watch_files() -> types.RegistrationParams:
    watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in _WATCHED]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    return types.RegistrationParams(
        [types.Registration("watched-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)]
    )
