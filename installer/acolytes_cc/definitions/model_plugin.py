"""A plugin's manifest, a marketplace, and a list of MCP servers."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

_Text = Annotated[str, StringConstraints(min_length=1)]
_Name = Annotated[str, StringConstraints(pattern=r"^\S+$")]
Paths: TypeAlias = str | list[str]
Servers: TypeAlias = str | list[str | dict[str, Any]] | dict[str, Any]


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, strict=True, extra="ignore")


class Person(_Model):
    """An author or owner."""

    name: _Text
    email: str | None = None
    url: str | None = None


class _Components(_Model):
    """What a plugin may bring; a path is relative to its root and starts with `./`."""

    commands: Paths | dict[str, Any] | None = Field(None, description="In place of the folder `commands`.")
    agents: Paths | None = Field(None, description="In place of the folder `agents`.")
    skills: Paths | None = Field(None, description="Beside the folder `skills`.")
    workflows: Paths | None = None
    hooks: str | list[Any] | dict[str, Any] | None = None
    mcp_servers: Servers | None = None
    lsp_servers: Servers | None = None
    output_styles: Paths | None = None
    experimental: Any = None


class _About(_Components):
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


class PluginManifest(_About):
    """``.claude-plugin/plugin.json``: a wrong type keeps the plugin from loading, an unknown key does not."""

    schema_: str | None = Field(None, alias="$schema")
    name: _Name = Field(description="The prefix of its agents, skills and commands; no spaces.")
    user_config: dict[str, Any] | None = None
    channels: list[Any] | None = None
    dependencies: list[Any] | None = None
    settings: dict[str, Any] | None = None
    network: Any = Field(None, description="For the public directory: the hosts that the plugin talks to.")


class MarketplacePlugin(_About):
    """One plugin of a marketplace; it may hold what its own manifest may."""

    name: _Name
    source: str | dict[str, Any] = Field(description="`./path`, or an object that says where it is.")
    category: str | None = None
    tags: list[str] | None = None
    strict: bool | None = None
    relevance: Any = None


class Marketplace(_Model):
    """``.claude-plugin/marketplace.json``."""

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


class McpServer(_Model):
    """One server: a command to start, or the address of one that runs."""

    type: str | None = None
    command: _Text | None = None
    args: list[str] | None = None
    env: dict[str, str] | None = None
    url: _Text | None = None
    headers: dict[str, str] | None = None


class McpFile(_Model):
    """``.mcp.json``."""

    mcp_servers: dict[str, McpServer]
