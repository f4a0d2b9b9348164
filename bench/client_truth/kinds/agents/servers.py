"""MCP servers of an agent: their declarations, references to the project's, and their tools in lists."""

from __future__ import annotations

import json
from random import Random

from bench.client_truth.case import Case
from bench.client_truth.kinds.agents.definition import Draft, Maker

SCRIPT = """import json, sys
def answer(id, **result):
    print(json.dumps({"jsonrpc": "2.0", "id": id, "result": result}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    method, id = request.get("method"), request.get("id")
    if method == "initialize":
        info = {"name": "probe", "version": "1"}
        answer(id, protocolVersion=request["params"]["protocolVersion"], capabilities={"tools": {}}, serverInfo=info)
    elif method == "tools/list":
        schema = {"type": "object", "properties": {}}
        answer(id, tools=[{"name": name, "description": name, "inputSchema": schema} for name in ("echo", "other")])
    elif id is not None:
        answer(id)
"""
_GOOD = "{command: python3, args: [probe_server.py]}"
_TOOLS = ("echo", "other")
_PROJECTS = ("shared", "my-srv", "UP")
# Declarations of one server with the name NAME, and whether the client connects it
_DECLARATIONS = (
    *(3 * [(f"\n  - NAME: {_GOOD}", True)]),
    ("\n  - NAME: {type: stdio, command: python3, args: [probe_server.py]}", True),
    ("\n  - NAME:\n      command: python3\n      args:\n        - probe_server.py", True),
    ("\n  - NAME: {command: python3, args: [probe_server.py], env: {A: b}}", True),
    ("\n  - NAME: {command: python3, args: [probe_server.py], timeout: 5000}", True),
    ("\n  - NAME: {command: python3, args: [probe_server.py], cwd: /tmp}", True),
    (f" [{{NAME: {_GOOD}}}]", True),
    (f"\n  NAME: {_GOOD}", False),
    (f"\n  - - NAME: {_GOOD}", False),
    ("\n  - name: NAME\n    command: python3\n    args: [probe_server.py]", False),
    ('\n  - NAME: {command: "python3 probe_server.py"}', False),
    ("\n  - NAME: {command: [python3, probe_server.py]}", False),
    ('\n  - NAME: {command: "", args: [probe_server.py]}', False),
    ("\n  - NAME: {args: [probe_server.py]}", False),
    ("\n  - NAME: {command: python3, args: probe_server.py}", False),
    ("\n  - NAME: {command: python3, args: [5]}", False),
    ("\n  - NAME: {command: python3, args: [probe_server.py], env: {A: true}}", False),
    ("\n  - NAME: {command: python3, args: [probe_server.py], env: [A=b]}", False),
    ('\n  - NAME: {command: python3, args: [probe_server.py], timeout: "5s"}', False),
    ("\n  - NAME: {type: local, command: python3, args: [probe_server.py]}", False),
    ('\n  - NAME: {url: "http://127.0.0.1:9/mcp"}', False),
    ("\n  - NAME:", False),
    ("\n  - NAME: {}", False),
    (f"\n  - NAME: {_GOOD}\n    NAMEb: {_GOOD}", False),
    (f"\n  - 5\n  - NAME: {_GOOD}", None),
    (f"\n  -\n  - NAME: {_GOOD}", None),
    (" NAME", False),
    (" 5", False),
    ("\n  - NAME", False),
)
_ENTRIES = (
    *("mcp__S", "mcp__S", "mcp__S__echo", "mcp__S__*", "mcp__S__e*", "mcp__S__", "mcp__S(echo)"),
    *("S", "S__echo", "MCP__S", "mcp__s*", "mcp__*", "mcp/S", "mcp__S__echo(x)", "mcp_S_echo", "S.echo", "mcp__S_"),
)


def servers(random: Random, draft: Draft) -> Case:
    """A server of the agent's own, or tools of the project's servers."""
    draft = draft.beside_files({"probe_server.py": SCRIPT, ".mcp.json": _project_servers()})
    return _own(random, draft) if random.random() < 0.5 else _shared(random, draft)


def _own(random: Random, draft: Draft) -> Case:
    name = random.choice(
        (draft.token, draft.token, f"{draft.token}-x", f"{draft.token}.x", f'"{draft.token} x"', "ide")
    )
    form, connects = random.choice(_DECLARATIONS)
    plain = name.strip('"').replace(".", "_").replace(" ", "_")
    wanted = [f"mcp__{plain}__{tool}" for tool in _TOOLS]
    if connects is None:
        wanted.append("an item that the client drops")
    draft = draft.with_field(f"mcpServers:{form.replace('NAME', name)}", servers=wanted)
    return draft.with_field("tools: Read").case("mcp", git=None) if random.random() < 0.3 else draft.case("mcp")


def _shared(random: Random, draft: Draft) -> Case:
    server = random.choice(_PROJECTS)
    entry = random.choice(_ENTRIES).replace("S", server)
    tools = {
        "": _TOOLS,
        "__echo": ("echo",),
        "__*": _TOOLS,
    }
    suffix = entry.removeprefix(f"mcp__{server}").removesuffix("(x)")
    meant = tools.get(suffix, ("echo",) if "echo" in entry or "__e*" in entry else _TOOLS)
    wanted = [f"mcp__{server}__{tool}" for tool in meant]
    if entry == "mcp__*":
        wanted = [f"mcp__{name}__{tool}" for name in _PROJECTS for tool in _TOOLS]
    if random.random() < 0.5:
        return draft.with_field(f"tools: Read, {entry}", servers=wanted).case("mcp")
    if random.random() < 0.5:
        reference = random.choice((server, server, server.lower(), f"{server}x", f"mcp__{server}"))
        wanted = [f"mcp__{server}__{tool}" for tool in _TOOLS]
        form = random.choice((f"\n  - {reference}", f" [{reference}]", f" {reference}"))
        return draft.with_field(f"tools: Read\nmcpServers:{form}", servers=wanted).case("mcp")
    return draft.with_field(f"disallowedTools: {entry}", removed_servers=wanted).case("mcp")


def _project_servers() -> str:
    server = {"command": "python3", "args": ["probe_server.py"]}
    return json.dumps({"mcpServers": dict.fromkeys(_PROJECTS, server)}, indent=2) + "\n"


MAKERS: dict[str, Maker] = {"mcp": servers}
