"""Models of the manifest of a plugin, of a marketplace and of ``.mcp.json``."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict
from pydantic.json_schema import SkipJsonSchema

_Text = Annotated[str, StringConstraints(min_length=1)]
_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
# Signs that are not visible, or that turn the direction of the text
_HIDDEN = r"\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_PluginName = Annotated[str, StringConstraints(pattern=rf"^[^\s@:/\\{_HIDDEN}]+$")]
_Path = Annotated[str, StringConstraints(pattern=r"^\./")]
_Folder = Annotated[str, StringConstraints(pattern=r"^(\.$|\./)")]
_MarkdownFile = Annotated[str, StringConstraints(pattern=r"^\./.*\.md$")]
_JsonFile = Annotated[str, StringConstraints(pattern=r"^\./.*\.json$")]
_ServersFile = Annotated[str, StringConstraints(pattern=r"^(\./.*\.(json|mcpb|dxt)|https?://.*\.(mcpb|dxt))$")]
_Program = Annotated[str, StringConstraints(pattern=r"^(\S+|/.*)$")]
_When = Annotated[str, StringConstraints(pattern=r"^(always|on-skill-invoke:.+)$")]
_Dependency = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]*(@[A-Za-z0-9^~][\w.-]*)?$")]
_Milliseconds = Annotated[int, Field(gt=0)]
_Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:.+$")]
_Absent = SkipJsonSchema[None]  # may be left out, but is not null
_Paths: TypeAlias = _Path | list[_Path]

IGNORED: JsonDict = {"x-when-wrong": "ignored"}
"""Marks a key of which the client ignores a wrong value. With one of any other key, the plugin does not load."""


class _StrictModel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, strict=True, extra="ignore")


class Person(_StrictModel):
    """The author of a plugin, or the owner of a marketplace."""

    name: _Text
    email: str | None = None
    url: str | None = None


class EntryAuthor(_StrictModel):
    """The owner of a marketplace, or the author of a plugin in it."""

    name: _Text
    email: str | _Absent = None
    url: str | _Absent = None


class _ClosedModel(_StrictModel):
    """With a key of another name, the client refuses the whole manifest."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, strict=True, extra="forbid")


class LspServer(_ClosedModel):
    """A language server: the command that starts it, and the files that it is for."""

    command: _Program = Field(description="The program alone. Its arguments are in `args`.")
    args: list[_Text] | _Absent = None
    extension_to_language: dict[str, _Text] = Field(
        min_length=1, description="From the ending of a file, with its dot, to the name of its language."
    )
    transport: Literal["stdio", "socket"] | _Absent = None
    env: dict[str, str] | _Absent = None
    initialization_options: Any = None
    settings: Any = None
    workspace_folder: str | _Absent = None
    startup_timeout: _Milliseconds | _Absent = None
    shutdown_timeout: _Milliseconds | _Absent = None
    request_timeout: _Milliseconds | _Absent = None
    restart_on_crash: bool | _Absent = None
    max_restarts: Annotated[int, Field(ge=0)] | _Absent = None
    diagnostics: bool | _Absent = None


class UserOption(_ClosedModel):
    """A value that the user is asked for when the plugin is switched on."""

    type: Literal["string", "number", "boolean", "directory", "file"]
    title: str
    description: str
    default: str | float | bool | list[str] | _Absent = None
    required: bool | _Absent = None
    sensitive: bool | _Absent = None
    multiple: bool | _Absent = None
    options: list[_Text] | _Absent = None
    min: float | _Absent = None
    max: float | _Absent = None


class Channel(_ClosedModel):
    """An MCP server of the plugin whose messages reach the session."""

    server: _Text
    display_name: str | _Absent = None
    user_config: dict[str, UserOption] | _Absent = None


class Monitor(_ClosedModel):
    """A command that runs in the background, and whose lines reach the session."""

    name: _Text
    command: _Text
    description: _Text
    when: _When | _Absent = None


class PluginCommand(_StrictModel):
    """A command of the plugin: a file, or its text."""

    source: _Path | _Absent = None
    content: str | _Absent = None
    description: str | _Absent = None
    argument_hint: str | _Absent = None
    model: str | _Absent = None
    allowed_tools: list[str] | _Absent = None


class Dependency(_StrictModel):
    """Another plugin that has to be there."""

    name: _Dependency
    marketplace: str | _Absent = None
    version: str | _Absent = None


class Experimental(_StrictModel):
    """Parts that may change."""

    themes: _Paths | _Absent = None
    monitors: _JsonFile | list[Monitor] | _Absent = None


class _PluginParts(_StrictModel):
    """The parts of a plugin. A path is relative to the root of the plugin and starts with `./`."""

    commands: _Paths | dict[str, PluginCommand] | _Absent = Field(None, description="Replaces the folder `commands`.")
    agents: _MarkdownFile | list[_MarkdownFile] | _Absent = Field(
        None, description="Files, no folders. Replaces the folder `agents`."
    )
    skills: _Folder | list[_Folder] | _Absent = Field(None, description="Folders. Adds to the folder `skills`.")
    workflows: _Paths | _Absent = None
    hooks: _JsonFile | list[_JsonFile | dict[str, Any]] | dict[str, Any] | _Absent = None
    mcp_servers: _ServersFile | list[_ServersFile | dict[str, Any]] | dict[str, dict[str, Any]] | _Absent = None
    lsp_servers: _JsonFile | list[_JsonFile | dict[str, LspServer]] | dict[str, LspServer] | _Absent = None
    output_styles: _Paths | _Absent = None
    themes: _Paths | _Absent = None
    monitors: _JsonFile | list[Monitor] | _Absent = None
    experimental: Experimental | str | float | bool | list[Any] | None = None


class _PluginMetadata(_PluginParts):
    display_name: str | None = Field(None, json_schema_extra=IGNORED)
    version: str | _Absent = None
    description: str | None = Field(None, json_schema_extra=IGNORED)
    author: Person | None = Field(None, json_schema_extra=IGNORED)
    homepage: _Url | None = Field(None, json_schema_extra=IGNORED)
    repository: str | None = Field(None, json_schema_extra=IGNORED)
    license: str | None = Field(None, json_schema_extra=IGNORED)
    keywords: list[str] | None = Field(None, json_schema_extra=IGNORED)
    metadata: Any = None
    default_enabled: bool | _Absent = None


class PluginManifest(_PluginMetadata):
    """The file ``.claude-plugin/plugin.json``. With most values of the wrong type, the plugin does not load."""

    schema_: str | None = Field(None, alias="$schema", json_schema_extra=IGNORED)
    name: _PluginName = Field(description="The prefix of its agents, skills and commands.")
    user_config: dict[str, UserOption] | _Absent = None
    channels: list[Channel] | _Absent = None
    dependencies: list[_Dependency | Dependency] | _Absent = None
    settings: dict[str, Any] | _Absent = None
    network: Any = Field(None, description="The hosts that the plugin connects to, for the public directory.")


class MarketplacePlugin(_PluginParts):
    """One plugin of a marketplace. It may also have all keys of a plugin manifest; here, none of them may be null."""

    name: _Name
    source: str | dict[str, Any] = Field(description="`./path`, or an object with the place of the plugin.")
    display_name: str | _Absent = None
    version: str | _Absent = None
    metadata: Any = None
    default_enabled: bool | _Absent = None
    description: str | _Absent = None
    author: EntryAuthor | _Absent = None
    homepage: _Url | _Absent = None
    repository: str | _Absent = None
    license: str | _Absent = None
    keywords: list[str] | _Absent = None
    dependencies: list[_Dependency | Dependency] | _Absent = None
    category: str | _Absent = None
    tags: list[str] | _Absent = None
    strict: bool | _Absent = None
    relevance: Any = None
    id: Any = None


class MarketplaceMetadata(_StrictModel):
    """Older place of the description, and the folder of the plugins."""

    plugin_root: str | _Absent = Field(None, description="Stands in front of each source without `./`.")
    description: str | _Absent = None
    version: str | _Absent = None


class Marketplace(_StrictModel):
    """The file ``.claude-plugin/marketplace.json``. With any value of the wrong type, it cannot be added."""

    schema_: str | _Absent = Field(None, alias="$schema")
    name: _Name
    owner: EntryAuthor
    plugins: list[MarketplacePlugin]
    description: str | _Absent = None
    version: str | _Absent = None
    metadata: MarketplaceMetadata | _Absent = None
    allow_cross_marketplace_dependencies_on: list[str] | _Absent = None
    renames: Any = None
    force_remove_deleted_plugins: bool | _Absent = None


class McpServer(BaseModel):
    """One server: a command that starts it, or its URL."""

    model_config = ConfigDict(strict=True, extra="allow")

    type: Literal["stdio", "http", "sse", "ws", "streamable-http"] | _Absent = Field(
        None, description="Needed with `url`. Without it, the server is a command."
    )
    command: _Text | _Absent = None
    args: list[str] | _Absent = None
    env: dict[str, str] | _Absent = None
    url: str | _Absent = None
    headers: dict[str, str] | _Absent = None
    timeout: Annotated[int, Field(gt=0)] | _Absent = Field(None, description="Milliseconds.")
    always_load: bool | _Absent = Field(None, alias="alwaysLoad")
    headers_helper: str | _Absent = Field(None, alias="headersHelper")
    oauth: dict[str, Any] | _Absent = None


class McpFile(_StrictModel):
    """The file ``.mcp.json``. A plugin's may also have the servers at its top."""

    mcp_servers: dict[str, McpServer]
