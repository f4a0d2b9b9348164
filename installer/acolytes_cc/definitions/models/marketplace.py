"""Models of a marketplace and of the plugins in it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from acolytes_cc.definitions.models.plugin import (
    Absent,
    Dependency,
    DependencyName,
    PluginParts,
    StrictModel,
    Text,
    Url,
)

EntryName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class EntryAuthor(StrictModel):
    """The owner of a marketplace, or the author of a plugin in it."""

    name: Text
    email: str | Absent = None
    url: str | Absent = None


class MarketplacePlugin(PluginParts):
    """One plugin of a marketplace. It may also have all keys of a plugin manifest; here, none of them may be null."""

    name: EntryName
    source: str | dict[str, Any] = Field(description="`./path`, or an object with the place of the plugin.")
    display_name: str | Absent = None
    version: str | Absent = None
    metadata: Any = None
    default_enabled: bool | Absent = None
    description: str | Absent = None
    author: EntryAuthor | Absent = None
    homepage: Url | Absent = None
    repository: str | Absent = None
    license: str | Absent = None
    keywords: list[str] | Absent = None
    dependencies: list[DependencyName | Dependency] | Absent = None
    category: str | Absent = None
    tags: list[str] | Absent = None
    strict: bool | Absent = None
    relevance: Any = None
    id: Any = None


class MarketplaceMetadata(StrictModel):
    """Older place of the description, and the folder of the plugins."""

    plugin_root: str | Absent = Field(None, description="Stands in front of each source without `./`.")
    description: str | Absent = None
    version: str | Absent = None


class Marketplace(StrictModel):
    """The file ``.claude-plugin/marketplace.json``. With any value of the wrong type, it cannot be added."""

    schema_: str | Absent = Field(None, alias="$schema")
    name: EntryName
    owner: EntryAuthor
    plugins: list[MarketplacePlugin]
    description: str | Absent = None
    version: str | Absent = None
    metadata: MarketplaceMetadata | Absent = None
    allow_cross_marketplace_dependencies_on: list[str] | Absent = None
    renames: Any = None
    force_remove_deleted_plugins: bool | Absent = None
