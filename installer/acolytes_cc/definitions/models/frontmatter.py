"""Models of the frontmatter of agents and skills. The JSON Schemas in ``schemas/`` come from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, StringConstraints
from pydantic.alias_generators import to_camel

from acolytes_cc.definitions.models.hooks import Hooks
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
_Effort = Annotated[str, StringConstraints(pattern=any_case(*registry().values["effort"]))]
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
    permission_mode: Annotated[str, OneOf("permissionMode")] | None = Field(
        None, description="Which tool calls of the agent need no permission."
    )
    max_turns: Annotated[int, Field(ge=1)] | Annotated[str, StringConstraints(pattern=r"^0*[1-9][0-9]*$")] | None = (
        Field(None, description="After so many turns the agent is stopped.")
    )
    skills: Names | None = Field(None, description="Skills whose text is in the first request of the agent.")
    mcp_servers: list[str | dict[str, Any]] | None = Field(
        None, description="Names of servers, or maps with one name and its server."
    )
    hooks: Hooks | None = Field(None, description="As in settings. One unknown event turns all of them off.")
    memory: Annotated[str, OneOf("memory")] | None = Field(
        None, description="Where the agent keeps notes for later sessions. It then also gets Read, Write and Edit."
    )
    background: Flag | None = Field(None, description="Whether the agent always runs in the background.")
    effort: Annotated[str, OneOf("effort")] | int | None = Field(None, description="How much the model thinks.")
    isolation: Annotated[str, OneOf("isolation")] | None = Field(
        None, description="`worktree` gives the agent a copy of the repository of its own."
    )
    color: Annotated[str, OneOf("color")] | None = Field(
        None, description="The color in which the client shows the agent."
    )
    initial_prompt: str | None = Field(None, description="The first prompt of a session. Works only with `--agent`.")


class SkillFrontmatter(BaseModel):
    """The fields that the client reads in a SKILL.md. All are optional."""

    model_config = ConfigDict(strict=True, extra="ignore")

    name: Text | None = Field(None, description="The name of the skill. If absent, it is that of the folder.")
    description: Text | None = Field(None, description="What the skill does and when to use it.")
    when_to_use: str | None = Field(
        None, description="Added to the description. The client cuts both together after 1,536 characters."
    )
    argument_hint: str | int | float | bool | list[Any] | None = Field(
        None, alias="argument-hint", description="Shown beside the name, for the user who types the arguments."
    )
    arguments: Names | None = Field(None, description="Names of the arguments; `$name` in the text stands for one.")
    disable_model_invocation: _Switch | None = Field(
        None, alias="disable-model-invocation", description="If true, only the user can start the skill."
    )
    user_invocable: bool | int | str | None = Field(
        None, alias="user-invocable", description="If false, only the model can start the skill."
    )
    allowed_tools: Names | None = Field(
        None, alias="allowed-tools", description="Tools that need no permission while the skill is in use."
    )
    disallowed_tools: Names | None = Field(
        None, alias="disallowed-tools", description="Tools that are not there while the skill is in use."
    )
    model: str | None = Field(None, description="The model while the skill is in use.")
    effort: _Effort | list[_Effort] | None = None
    context: Literal["fork", ""] | None = Field(None, description="`fork` runs the skill in a subagent.")
    agent: Text | list[Text] | None = Field(None, description="The agent that runs it, with `context: fork`.")
    background: Flag | None = None
    hooks: Hooks | None = Field(None, description="As in settings. They run while the skill is in use.")
    paths: Names | None = Field(None, description="Patterns of files: the model sees the skill when it works on one.")
    shell: _Shell | list[_Shell] | None = Field(None, description="The shell for the commands in the text.")
    metadata: dict[str, Any] | None = None
    license: str | None = None
    compatibility: Annotated[str, StringConstraints(max_length=COMPATIBILITY_LIMIT)] | None = None


class CommandFrontmatter(SkillFrontmatter):
    """The fields that the client reads in a command: those of a skill. All are optional."""


class RuleFrontmatter(BaseModel):
    """The one field that the client reads in a rule."""

    model_config = ConfigDict(strict=True, extra="ignore")

    paths: Names | None = Field(
        None, description="The files that the rule is for, as patterns. If absent, it is always in the context."
    )


class OutputStyleFrontmatter(BaseModel):
    """The fields that the client reads in an output style. All are optional."""

    model_config = ConfigDict(strict=True, extra="ignore")

    name: Text | None = None
    description: Text | None = None
    keep_coding_instructions: _Switch | None = Field(
        None,
        alias="keep-coding-instructions",
        description="Whether the client's own instructions for programming stay.",
    )
    force_for_plugin: _Switch | None = Field(
        None, alias="force-for-plugin", description="In a plugin: whether the style is used without being chosen."
    )
