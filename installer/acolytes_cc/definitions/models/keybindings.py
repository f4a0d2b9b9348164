"""Models of keybindings.json. The JSON Schema in ``schemas/`` comes from them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from acolytes_cc.definitions.models.frontmatter import OneOf

_Command = Annotated[str, StringConstraints(pattern=r"^command:[a-zA-Z0-9:\-_]+$")]
_Action = Annotated[str, OneOf("keybindingAction")]


class KeybindingBlock(BaseModel):
    """The keys of one part of the screen."""

    model_config = ConfigDict(strict=True, extra="ignore")

    context: Annotated[str, OneOf("keybindingContext")] = Field(
        description="Where the keys work. Keys of `Global` work everywhere."
    )
    bindings: dict[str, _Action | _Command | None] = Field(
        description="Keys such as `ctrl+k`, each with an action, a slash command (`command:compact`), or null for none."
    )


class KeybindingsFile(BaseModel):
    """The client's keybindings.json."""

    model_config = ConfigDict(strict=True, extra="ignore")

    schema_: str | None = Field(None, alias="$schema")
    docs_: str | None = Field(None, alias="$docs")
    bindings: list[KeybindingBlock]
