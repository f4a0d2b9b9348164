"""Models of ``.mcp.json``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from acolytes_cc.definitions.models.plugin import Absent, StrictModel, Text


class McpServer(BaseModel):
    """One server: a command that starts it, or its URL."""

    model_config = ConfigDict(strict=True, extra="allow")

    type: Literal["stdio", "http", "sse", "ws", "streamable-http"] | Absent = Field(
        None, description="Needed with `url`. Without it, the server is a command."
    )
    command: Text | Absent = None
    args: list[str] | Absent = None
    env: dict[str, str] | Absent = None
    url: str | Absent = None
    headers: dict[str, str] | Absent = None
    timeout: Annotated[int, Field(gt=0)] | Absent = Field(None, description="Milliseconds.")
    always_load: bool | Absent = Field(None, alias="alwaysLoad")
    headers_helper: str | Absent = Field(None, alias="headersHelper")
    oauth: dict[str, Any] | Absent = None


class McpFile(StrictModel):
    """The file ``.mcp.json``. A plugin's may also have the servers at its top."""

    mcp_servers: dict[str, McpServer]
