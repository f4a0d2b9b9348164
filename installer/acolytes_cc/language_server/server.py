"""The server: its connection to the editor, and what the editor can do."""

from __future__ import annotations

import logging
import os

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import to_fs_path

from acolytes_cc import __version__
from acolytes_cc.language_server.actions import Actions
from acolytes_cc.language_server.publish import Publisher

_LOG = logging.getLogger(__name__)


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
    """The server, and what is open in the editor.

    Attributes:
        publisher: What is open, and what is found in it.
        said_goodbye: Whether the editor asked for the end, before it says `exit`.
        exit_code: The exit code of the process.
        editor_knows_schemas: Whether the editor itself proposes what is in the schemas of JSON files.
    """

    def __init__(self) -> None:
        super().__init__("acolytes", __version__, protocol_cls=_Protocol)
        self.exit_code = 0
        self.said_goodbye = False
        self.editor_knows_schemas = False
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
    def resolves_actions(self) -> bool:
        """Whether the editor asks for the edits of an action when the user chose it."""
        text_document = self.client_capabilities.text_document
        actions = text_document.code_action if text_document else None
        support = actions.resolve_support if actions else None
        return bool(support and "edit" in support.properties)

    def actions(self, uri: str) -> Actions | None:
        """Return the actions for a document; None if it is not open."""
        snapshot = self.publisher.session.documents.get(uri)
        if snapshot is None:
            return None
        findings, versioned = self.publisher.findings(uri), self.takes_versioned_edits
        return Actions(uri, snapshot, findings, versioned=versioned, resolves=self.resolves_actions)

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


def local_path(uri: str) -> str:
    """Return the path of a file on this machine; empty for another document, such as one that has no file yet."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return os.path.abspath(path) if path else ""
