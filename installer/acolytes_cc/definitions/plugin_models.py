"""Models of the manifest of a plugin, of a marketplace and of ``.mcp.json``."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

_Text = Annotated[str, StringConstraints(min_length=1)]
_Name = Annotated[str, StringConstraints(pattern=r"^\S+$")]
Paths: TypeAlias = str | list[str]
Servers: TypeAlias = str | list[str | dict[str, Any]] | dict[str, Any]


class _StrictModel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, strict=True, extra="ignore")


class Person(_StrictModel):
    """The author of a plugin, or the owner of a marketplace."""

    name: _Text
    email: str | None = None
    url: str | None = None


class _PluginParts(_StrictModel):
    """The parts of a plugin. A path is relative to the root of the plugin and starts with `./`."""

    commands: Paths | dict[str, Any] | None = Field(None, description="Replaces the folder `commands`.")
    agents: Paths | None = Field(None, description="Replaces the folder `agents`.")
    skills: Paths | None = Field(None, description="Adds to the folder `skills`.")
    workflows: Paths | None = None
    hooks: str | list[Any] | dict[str, Any] | None = None
    mcp_servers: Servers | None = None
    lsp_servers: Servers | None = None
    output_styles: Paths | None = None
    experimental: Any = None


class _PluginMetadata(_PluginParts):
    display_name: str | None = None
    version: str | None = None
    description: str | None = None
    author: Person | None = None
    homepage: str | None = None
    repository: str | dict[str, Any] | None = None
    license: str | None = None
    keywords: list[str] | None = None
    metadata: Any = None
    default_enabled: bool | None = None


class PluginManifest(_PluginMetadata):
    """The file ``.claude-plugin/plugin.json``. With a value of the wrong type, the plugin does not load."""

    schema_: str | None = Field(None, alias="$schema")
    name: _Name = Field(description="The prefix of its agents, skills and commands. It has no spaces.")
    user_config: dict[str, Any] | None = None
    channels: list[Any] | None = None
    dependencies: list[Any] | None = None
    settings: dict[str, Any] | None = None
    network: Any = Field(None, description="The hosts that the plugin connects to, for the public directory.")


class MarketplacePlugin(_PluginMetadata):
    """One plugin of a marketplace. It may also have all keys of a plugin manifest."""

    name: _Name
    source: str | dict[str, Any] = Field(description="`./path`, or an object with the place of the plugin.")
    category: str | None = None
    tags: list[str] | None = None
    strict: bool | None = None
    relevance: Any = None


class Marketplace(_StrictModel):
    """The file ``.claude-plugin/marketplace.json``."""

    schema_: str | None = Field(None, alias="$schema")
    name: _Name
    owner: Person
    plugins: list[MarketplacePlugin]
    description: str | None = None
    version: str | None = None
    metadata: Any = None
    allow_cross_marketplace_dependencies_on: list[str] | None = None
    renames: Any = None
    force_remove_deleted_plugins: bool | None = None


class McpServer(_StrictModel):
    """One server: a command that starts it, or its URL."""

    type: str | None = None
    command: _Text | None = None
    args: list[str] | None = None
    env: dict[str, str] | None = None
    url: _Text | None = None
    headers: dict[str, str] | None = None


class McpFile(_StrictModel):
    """The file ``.mcp.json``."""

    mcp_servers: dict[str, McpServer]
