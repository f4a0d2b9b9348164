//! Tells Zed how to start `acolytes lsp`.

use zed_extension_api::{self as zed, settings::LspSettings, LanguageServerId, Result, Worktree};

const NAME: &str = "acolytes";

struct Acolytes;

impl zed::Extension for Acolytes {
    fn new() -> Self {
        Self
    }

    fn language_server_command(&mut self, _: &LanguageServerId, worktree: &Worktree) -> Result<zed::Command> {
        let binary = LspSettings::for_worktree(NAME, worktree)?.binary;
        let (path, arguments) = binary.map_or((None, None), |binary| (binary.path, binary.arguments));
        let command = path.or_else(|| worktree.which(NAME)).ok_or_else(|| {
            "acolytes is not on PATH; put it there, or set lsp.acolytes.binary.path in the settings".to_string()
        })?;
        Ok(zed::Command {
            command,
            args: arguments.unwrap_or_else(|| vec!["lsp".to_string()]),
            env: worktree.shell_env(),
        })
    }
}

zed::register_extension!(Acolytes);
