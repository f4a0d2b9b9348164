"""Models of hooks, in settings, in ``hooks.json`` of a plugin and in frontmatter."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from acolytes_cc.definitions.registry import registry


class _Event:
    """Marks a string as the name of an event of the client."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return handler.generate_schema(cast(Any, Literal)[tuple(sorted(registry().hooks.events))])


_Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:.+$")]
_Seconds = Annotated[float, Field(gt=0)]
_Absent = SkipJsonSchema[None]  # may be left out, but is not null


class _Handler(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")

    if_: str | _Absent = Field(None, alias="if", description="A permission rule. Only for tool events.")
    timeout: _Seconds | _Absent = Field(None, description="Seconds: 600 for commands, 30 for prompts, 60 for agents.")
    status_message: str | _Absent = Field(None, alias="statusMessage")
    once: bool | _Absent = Field(None, description="Only in skills.")


class CommandHook(_Handler):
    """Runs a command. The event is on its standard input."""

    type: Literal["command"]
    command: str
    args: list[str] | _Absent = Field(
        None, description="Arguments of the command. With them, the client uses no shell."
    )
    shell: Literal["bash", "powershell"] | _Absent = None
    async_: bool | _Absent = Field(None, alias="async")
    async_rewake: bool | _Absent = Field(None, alias="asyncRewake")


class HttpHook(_Handler):
    """Sends the event to a URL with POST."""

    type: Literal["http"]
    url: _Url
    headers: dict[str, str] | _Absent = None
    allowed_env_vars: list[str] | _Absent = Field(None, alias="allowedEnvVars")


class McpToolHook(_Handler):
    """Calls a tool of an MCP server."""

    type: Literal["mcp_tool"]
    server: str
    tool: str
    input: dict[str, Any] | _Absent = None


class PromptHook(_Handler):
    """Asks a model."""

    type: Literal["prompt"]
    prompt: str
    model: str | _Absent = None


class AgentHook(_Handler):
    """Asks an agent."""

    type: Literal["agent"]
    prompt: str
    model: str | _Absent = None


Handler: TypeAlias = Annotated[
    CommandHook | HttpHook | McpToolHook | PromptHook | AgentHook, Field(discriminator="type")
]


class HookEntry(BaseModel):
    """The handlers that run when the matcher matches."""

    model_config = ConfigDict(strict=True, extra="allow")

    matcher: str | _Absent = Field(
        None, description="Names, or a JavaScript regular expression. Without it, the hooks always run."
    )
    hooks: list[Handler]


Hooks: TypeAlias = dict[Annotated[str, _Event()], list[HookEntry]]


class HooksFile(BaseModel):
    """The file ``hooks/hooks.json`` of a plugin. ``settings.json`` has the same under ``hooks``."""

    model_config = ConfigDict(strict=True, extra="allow")

    description: str | None = None
    hooks: Hooks
