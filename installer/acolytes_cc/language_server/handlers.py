"""Receives the messages of the editor and answers them."""

from __future__ import annotations

import logging
import sys

from lsprotocol import types

from acolytes_cc.language_server.actions import KINDS
from acolytes_cc.language_server.complete import TRIGGERS, completions
from acolytes_cc.language_server.hover import hover
from acolytes_cc.language_server.server import Server, local_path
from acolytes_cc.language_server.text import Text
from acolytes_cc.language_server.warm_up import warm_up

# What can change the verdict on an open file: other definitions, settings, scripts of hooks
_WATCHED = (
    "**/*.{md,markdown,mdown,mdx,mdc,txt,json}",
    "**/{.acolytes,pyproject}.toml",
    "**/.claude/**",
    "**/hooks/**",
)


def make_server() -> Server:
    """Return a server that answers all messages that we know."""
    server = Server()
    _follow_the_connection(server)
    _follow_the_documents(server)
    _follow_the_files(server)
    _answer_questions(server)
    return server


def _follow_the_connection(server: Server) -> None:
    """Start, and end."""
    session, publisher = server.publisher.session, server.publisher

    @server.feature(types.INITIALIZE)
    def _initialize(params: types.InitializeParams) -> None:
        warm_up()
        options = params.initialization_options
        server.editor_knows_schemas = isinstance(options, dict) and options.get("knowsSchemas") is True
        root = params.root_uri or ""
        for uri in [folder.uri for folder in params.workspace_folders or ()] or [root]:
            if path := local_path(uri):
                session.add_folder(path)

    @server.feature(types.INITIALIZED)
    def _initialized(_params: types.InitializedParams) -> None:
        if server.takes_watchers:
            server.client_register_capability(_watch_files())
        publisher.scan(session.folders.values())

    @server.feature(types.SHUTDOWN)
    def _shutdown(*_params: object) -> None:
        server.said_goodbye = True
        publisher.stop()

    @server.feature(types.EXIT)
    def _exit(*_params: object) -> None:
        server.exit_code = 0 if server.said_goodbye else 1  # as the protocol asks


def _follow_the_documents(server: Server) -> None:
    """Check what is opened and changed."""
    session, publisher = server.publisher.session, server.publisher

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


def _follow_the_files(server: Server) -> None:
    """Check again when something changed on the disk."""
    session, publisher = server.publisher.session, server.publisher

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def _files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        publisher.files_changed([path for one in params.changes if (path := local_path(one.uri))])

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def _folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.removed:
            session.remove_folder(local_path(folder.uri))
        added = [path for folder in params.event.added if (path := local_path(folder.uri))]
        publisher.scan([session.add_folder(path) for path in added])


def _answer_questions(server: Server) -> None:
    """Offer actions, explanations and completions."""
    session, publisher = server.publisher.session, server.publisher

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(list(KINDS), resolve_provider=True))
    def _code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        actions = server.actions(params.text_document.uri)
        return list(actions.at(params.range, params.context.only)) if actions else []

    @server.feature(types.CODE_ACTION_RESOLVE)
    def _resolve(action: types.CodeAction) -> types.CodeAction:
        asked = action.data if isinstance(action.data, dict) else {}
        snapshot = session.documents.get(str(asked.get("uri")))
        if snapshot and snapshot.version == asked.get("version") and (actions := server.actions(asked["uri"])):
            action.edit = actions.all_fixes()
        return action

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def _hover(params: types.HoverParams) -> types.Hover | None:
        uri = params.text_document.uri
        snapshot = session.documents.get(uri)
        return hover(snapshot, publisher.findings(uri), params.position) if snapshot else None

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=list(TRIGGERS)))
    def _complete(params: types.CompletionParams) -> list[types.CompletionItem]:
        snapshot = session.documents.get(params.text_document.uri)
        if snapshot is None:
            return []
        files = session.files(snapshot.folder)
        return completions(snapshot, files, params.position, with_schemas=not server.editor_knows_schemas)


def serve() -> int:
    """Talk with the editor on standard input and output until it says `exit`, or closes its end."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="acolytes lsp: %(levelname)s: %(message)s")
    output, sys.stdout = sys.stdout, sys.stderr  # nothing but messages may go to standard output
    server = make_server()
    try:
        server.start_io(sys.stdin.buffer, output.buffer)
    finally:
        server.publisher.stop()
    return server.exit_code


def _watch_files() -> types.RegistrationParams:
    watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in _WATCHED]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    return types.RegistrationParams(
        [types.Registration("watched-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)]
    )
