// Starts `acolytes lsp`, and connects it with the documents of VS Code.
"use strict";

const { window, workspace } = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

// By name and not by language: VS Code has languages of its own for agents, skills and rules. The server leaves
// alone what is not for Claude Code.
const DOCUMENTS = [{ scheme: "file", pattern: "**/*.{md,markdown,mdown,mdx,mdc,txt,json}" }];

let client;

async function activate() {
  const command = workspace.getConfiguration("acolytes").get("path") || "acolytes";
  const server = { command, args: ["lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("acolytes", "Acolytes", server, {
    documentSelector: DOCUMENTS,
    // this extension brings the schemas, so VS Code proposes what is in them
    initializationOptions: { knowsSchemas: true },
  });
  try {
    await client.start();
  } catch {
    window.showErrorMessage(`Cannot start "${command} lsp". Install it, or correct the setting acolytes.path.`);
  }
}

async function deactivate() {
  if (client?.needsStop()) {
    await client.stop();
  }
}

module.exports = { activate, deactivate };
