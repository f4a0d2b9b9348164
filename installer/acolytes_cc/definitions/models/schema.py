"""Writes the JSON Schemas in ``schemas/`` from the models: ``python -m acolytes_cc.definitions.models.schema``."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import BaseModel

from acolytes_cc.definitions.models.frontmatter import (
    AgentFrontmatter,
    CommandFrontmatter,
    OutputStyleFrontmatter,
    RuleFrontmatter,
    SkillFrontmatter,
)
from acolytes_cc.definitions.models.hooks import HooksFile
from acolytes_cc.definitions.models.keybindings import KeybindingsFile
from acolytes_cc.definitions.models.marketplace import Marketplace
from acolytes_cc.definitions.models.mcp import McpFile
from acolytes_cc.definitions.models.plugin import PluginManifest
from acolytes_cc.definitions.registry import registry
from acolytes_cc.resources import data_path

MODELS: Mapping[str, type[BaseModel]] = {
    "agent-frontmatter.schema.json": AgentFrontmatter,
    "command-frontmatter.schema.json": CommandFrontmatter,
    "hooks.schema.json": HooksFile,
    "keybindings.schema.json": KeybindingsFile,
    "marketplace.schema.json": Marketplace,
    "mcp.schema.json": McpFile,
    "output-style-frontmatter.schema.json": OutputStyleFrontmatter,
    "plugin.schema.json": PluginManifest,
    "rule-frontmatter.schema.json": RuleFrontmatter,
    "skill-frontmatter.schema.json": SkillFrontmatter,
}


def schema_text(model: type[BaseModel]) -> str:
    """The JSON Schema of a model, as the text of its file."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"Generated from {model.__module__} for client {registry().client}; do not edit.",
        **model.model_json_schema(by_alias=True),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the schemas, and return the exit code 0."""
    for name, model in MODELS.items():
        (data_path("schemas") / name).write_text(schema_text(model), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
