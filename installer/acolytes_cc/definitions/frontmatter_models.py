"""Models of the frontmatter of agents and skills. The JSON Schemas in ``schemas/`` come from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, StringConstraints
from pydantic.alias_generators import to_camel

from acolytes_cc.definitions.hook_models import Hooks
from acolytes_cc.definitions.registry import registry

NAME_LIMIT = 256
COMPATIBILITY_LIMIT = 500


class OneOf:
    """Marks a string as one of the values that the registry lists for a field."""

    def __init__(self, field: str) -> None:
        self._values = registry().values[field]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return handler.generate_schema(cast(Any, Literal)[self._values])


def any_case(*words: str) -> str:
    """A pattern for the words in any case; other readers of the schema know no flags."""
    return f"^({'|'.join(''.join(f'[{letter.upper()}{letter}]' for letter in word) for word in words)})$"


Text = Annotated[str, StringConstraints(min_length=1)]
Names = list[str] | str
_Switch = (
    bool
    | Literal[0, 1]
    | Annotated[str, StringConstraints(pattern=any_case("true", "false", "yes", "no", "on", "off"))]
)
_Shell = Annotated[str, StringConstraints(pattern=any_case("bash", "powershell"))]
Flag = bool | Literal["true", "false"]


class AgentFrontmatter(BaseModel):
    """The fields that the client reads in the definition of an agent. It ignores all others.

    The model is strict, as the client is: ``name: 123`` is not a name. A field without a value (null) counts as
    absent, except ``tools``, where it means that the agent has no tools.
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, strict=True, extra="ignore")

    name: Annotated[str, StringConstraints(min_length=1, max_length=NAME_LIMIT, pattern=r"^[^:\-][^:]*$")] = Field(
        description="The name that calls the agent. It must not start with `-` or contain `:`."
    )
    description: Text = Field(
        description="What the agent does and when to use it. The main agent chooses by this text."
    )
    tools: Names | None = Field(
        None, description="The tools of the agent. If absent, it gets all tools that subagents may have."
    )
    disallowed_tools: Names | None = Field(
        None, description="Tools that the agent does not get. Applied before `tools`."
    )
    model: Text | None = Field(None, description="An alias, a full model name, or `inherit`.")
    permission_mode: Annotated[str, OneOf("permissionMode")] | None = None
    max_turns: Annotated[int, Field(ge=1)] | Annotated[str, StringConstraints(pattern=r"^0*[1-9][0-9]*$")] | None = None
    skills: Names | None = Field(None, description="Skills whose text is in the first request of the agent.")
    mcp_servers: list[str | dict[str, Any]] | None = Field(
        None, description="Names of servers, or maps with one name and its server."
    )
    hooks: Hooks | None = Field(None, description="As in settings. One unknown event turns all of them off.")
    memory: Annotated[str, OneOf("memory")] | None = None
    background: Flag | None = None
    effort: Annotated[str, OneOf("effort")] | int | None = None
    isolation: Annotated[str, OneOf("isolation")] | None = None
    color: Annotated[str, OneOf("color")] | None = None
    initial_prompt: str | None = Field(None, description="Works only with `--agent`.")


class SkillFrontmatter(BaseModel):
    """The fields that the client reads in a SKILL.md. All are optional."""

    model_config = ConfigDict(strict=True, extra="ignore")

    name: Text | None = None
    description: Text | None = Field(None, description="What the skill does and when to use it.")
    when_to_use: str | None = Field(
        None, description="Added to the description. The client cuts both together after 1,536 characters."
    )
    argument_hint: str | list[str] | None = Field(None, alias="argument-hint")
    arguments: Names | None = None
    disable_model_invocation: _Switch | None = Field(None, alias="disable-model-invocation")
    user_invocable: bool | int | str | None = Field(None, alias="user-invocable")
    allowed_tools: Names | None = Field(None, alias="allowed-tools")
    disallowed_tools: Names | None = Field(None, alias="disallowed-tools")
    model: str | None = None
    effort: Annotated[str, OneOf("effort")] | list[Annotated[str, OneOf("effort")]] | None = None
    context: Literal["fork", ""] | None = None
    agent: Text | list[Text] | None = None
    background: Flag | None = None
    hooks: Hooks | None = None
    paths: Names | None = None
    shell: _Shell | list[_Shell] | None = None
    metadata: dict[str, Any] | None = None
    license: str | None = None
    compatibility: Annotated[str, StringConstraints(max_length=COMPATIBILITY_LIMIT)] | None = None
