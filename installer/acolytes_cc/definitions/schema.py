"""Makes ``schemas/agent-frontmatter.schema.json``: ``python -m acolytes_cc.definitions.schema``."""

from __future__ import annotations

import json

from acolytes_cc.definitions.model import AgentFrontmatter
from acolytes_cc.definitions.registry import registry
from acolytes_cc.resources import data_path

FILE = "agent-frontmatter.schema.json"


def schema_text() -> str:
    """The JSON Schema of the frontmatter, as the file holds it."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"Generated from acolytes_cc.definitions.model for client {registry().client}; do not edit.",
        **AgentFrontmatter.model_json_schema(by_alias=True),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the schema; returns 0."""
    (data_path("schemas") / FILE).write_text(schema_text(), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
