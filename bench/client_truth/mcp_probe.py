"""A real MCP server for cases: it writes its own arguments down when the client asks for its tools."""

LOG = "servers.log"
SCRIPT = r"""import json, os, sys

def say(answer):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **answer}) + "\n")
    sys.stdout.flush()

for line in sys.stdin:
    message = json.loads(line)
    number, method = message.get("id"), message.get("method")
    if method == "initialize":
        version = message["params"].get("protocolVersion")
        server = {"name": "probe", "version": "1"}
        say({"id": number, "result": {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": server}})
    elif method == "tools/list":
        with open("servers.log", "a") as log:
            variables = sorted(k + "=" + v for k, v in os.environ.items() if "PROBE" in k)
            log.write(json.dumps(sys.argv[1:] + variables) + "\n")
        tool = {"name": "echo", "description": "Says it again.", "inputSchema": {"type": "object", "properties": {}}}
        say({"id": number, "result": {"tools": [tool]}})
    elif number is not None:
        say({"id": number, "result": {}})
"""
