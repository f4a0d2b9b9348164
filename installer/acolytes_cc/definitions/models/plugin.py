"""Models of the manifest of a plugin."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict
from pydantic.json_schema import SkipJsonSchema

Text = Annotated[str, StringConstraints(min_length=1)]
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
DependencyName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]*(@[A-Za-z0-9^~][\w.-]*)?$")]
_Milliseconds = Annotated[int, Field(gt=0)]
Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:.+$")]
Absent = SkipJsonSchema[None]  # may be left out, but is not null
_Paths: TypeAlias = _Path | list[_Path]

IGNORED: JsonDict = {"x-when-wrong": "ignored"}
"""Marks a key of which the client ignores a wrong value. With one of any other key, the plugin does not load."""


class StrictModel(BaseModel):
    """Values have exactly their type; of keys that it does not know, the client takes no notice."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, strict=True, extra="ignore")


class Person(StrictModel):
    """The author of a plugin, or the owner of a marketplace."""

    name: Text
    email: str | None = None
    url: str | None = None


class _ClosedModel(StrictModel):
    """With a key of another name, the client refuses the whole manifest."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, strict=True, extra="forbid")


class LspServer(_ClosedModel):
    """A language server: the command that starts it, and the files that it is for."""

    command: _Program = Field(description="The program alone. Its arguments are in `args`.")
    args: list[Text] | Absent = None
    extension_to_language: dict[str, Text] = Field(
        min_length=1, description="From the ending of a file, with its dot, to the name of its language."
    )
    transport: Literal["stdio", "socket"] | Absent = None
    env: dict[str, str] | Absent = None
    initialization_options: Any = None
    settings: Any = None
    workspace_folder: str | Absent = None
    startup_timeout: _Milliseconds | Absent = None
    shutdown_timeout: _Milliseconds | Absent = None
    request_timeout: _Milliseconds | Absent = None
    restart_on_crash: bool | Absent = None
    max_restarts: Annotated[int, Field(ge=0)] | Absent = None
    diagnostics: bool | Absent = None


class UserOption(_ClosedModel):
    """A value that the user is asked for when the plugin is switched on."""

    type: Literal["string", "number", "boolean", "directory", "file"]
    title: str
    description: str
    default: str | float | bool | list[str] | Absent = None
    required: bool | Absent = None
    sensitive: bool | Absent = None
    multiple: bool | Absent = None
    options: list[Text] | Absent = None
    min: float | Absent = None
    max: float | Absent = None


class Channel(_ClosedModel):
    """An MCP server of the plugin whose messages reach the session."""

    server: Text
    display_name: str | Absent = None
    user_config: dict[str, UserOption] | Absent = None


class Monitor(_ClosedModel):
    """A command that runs in the background, and whose lines reach the session."""

    name: Text
    command: Text
    description: Text
    when: _When | Absent = None


class PluginCommand(StrictModel):
    """A command of the plugin: a file, or its text."""

    source: _Path | Absent = None
    content: str | Absent = None
    description: str | Absent = None
    argument_hint: str | Absent = None
    model: str | Absent = None
    allowed_tools: list[str] | Absent = None


class Dependency(StrictModel):
    """Another plugin that has to be there."""

    name: DependencyName
    marketplace: str | Absent = None
    version: str | Absent = None


class Experimental(StrictModel):
    """Parts that may change."""

    themes: _Paths | Absent = None
    monitors: _JsonFile | list[Monitor] | Absent = None


class PluginParts(StrictModel):
    """The parts of a plugin. A path is relative to the root of the plugin and starts with `./`."""

    commands: _Paths | dict[str, PluginCommand] | Absent = Field(None, description="Replaces the folder `commands`.")
    agents: _MarkdownFile | list[_MarkdownFile] | Absent = Field(
        None, description="Files, no folders. Replaces the folder `agents`."
    )
    skills: _Folder | list[_Folder] | Absent = Field(None, description="Folders. Adds to the folder `skills`.")
    workflows: _Paths | Absent = None
    hooks: _JsonFile | list[_JsonFile | dict[str, Any]] | dict[str, Any] | Absent = None
    mcp_servers: _ServersFile | list[_ServersFile | dict[str, Any]] | dict[str, dict[str, Any]] | Absent = None
    lsp_servers: _JsonFile | list[_JsonFile | dict[str, LspServer]] | dict[str, LspServer] | Absent = None
    output_styles: _Paths | Absent = None
    themes: _Paths | Absent = None
    monitors: _JsonFile | list[Monitor] | Absent = None
    experimental: Experimental | str | float | bool | list[Any] | None = None


class _PluginMetadata(PluginParts):
    display_name: str | None = Field(None, json_schema_extra=IGNORED)
    version: str | Absent = None
    description: str | None = Field(None, json_schema_extra=IGNORED)
    author: Person | None = Field(None, json_schema_extra=IGNORED)
    homepage: Url | None = Field(None, json_schema_extra=IGNORED)
    repository: str | None = Field(None, json_schema_extra=IGNORED)
    license: str | None = Field(None, json_schema_extra=IGNORED)
    keywords: list[str] | None = Field(None, json_schema_extra=IGNORED)
    metadata: Any = None
    default_enabled: bool | Absent = None


class PluginManifest(_PluginMetadata):
    """The file ``.claude-plugin/plugin.json``. With most values of the wrong type, the plugin does not load."""

    schema_: str | None = Field(None, alias="$schema", json_schema_extra=IGNORED)
    name: _PluginName = Field(description="The prefix of its agents, skills and commands.")
    user_config: dict[str, UserOption] | Absent = None
    channels: list[Channel] | Absent = None
    dependencies: list[DependencyName | Dependency] | Absent = None
    settings: dict[str, Any] | Absent = None
    network: Any = Field(None, description="The hosts that the plugin connects to, for the public directory.")
