"""Forms in which people write rules: a rule, and a call that its author wants it to match.

In both, `@` stands for a name that no other case of the run has. A form without it may match calls of other cases, so
its case has a run of its own. `%` stands for the absolute path of the project, without its first slash.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Call(NamedTuple):
    """A call of a tool."""

    tool: str
    input: Mapping[str, Any]


def bash(command: str) -> Call:
    """A call of Bash."""
    return Call("Bash", {"command": command, "description": "work"})


BUILD = bash("@ build")
READ = Call("Read", {"file_path": "/%/@/data.txt"})
DEEP = Call("Read", {"file_path": "/%/@/deep/data.txt"})
WRITE = Call("Write", {"file_path": "/%/@/new.txt", "content": "new"})
EDIT = Call("Edit", {"file_path": "/%/@/data.txt", "old_string": "data", "new_string": "date"})
NOTEBOOK = Call("NotebookEdit", {"notebook_path": "/%/@/book.ipynb", "new_source": "1", "cell_id": "a"})
FETCH = Call("WebFetch", {"url": "http://@.example.invalid/page", "prompt": "read"})
SUBDOMAIN = Call("WebFetch", {"url": "http://www.@.example.invalid/page", "prompt": "read"})
SEARCH = Call("WebSearch", {"query": "@ manual"})
MCP = Call("mcp__shop__@", {})
SKILL = Call("Skill", {"skill": "@"})
AGENT = Call("Agent", {"description": "work", "prompt": "work", "subagent_type": "@", "run_in_background": False})

# what stands in the brackets of Bash, and the command that is meant
_COMMANDS: tuple[tuple[str, str], ...] = (
    ("@ build", "@ build"),
    ("@ *", "@ build"),
    ("@:*", "@ build"),
    ("@ build:*", "@ build --all"),
    ("@ build *", "@ build --all"),
    ("@*", "@ build"),
    ("@ * --all", "@ build --all"),
    ("@ b*", "@ build"),
    ("* build @", "npm build @"),
    ("@ run test:unit", "@ run test:unit"),
    ("@ run test:unit:*", "@ run test:unit --all"),
    ("./@/run.sh *", "./@/run.sh build"),
    ("@ -c 'a b'", "@ -c 'a b'"),
    ("@  build", "@  build"),
    ("@ build ", "@ build"),
    (" @ build", "@ build"),
    ("@:* build", "@ x build"),
    ("@: *", "@ build"),
    ("@ :*", "@ build"),
    ("@:*:*", "@ build"),
    ("@:**", "@ build"),
    ("@:build", "@ build"),
    ("'@ build'", "@ build"),
    ('"@ build"', "@ build"),
    ("`@ build`", "@ build"),
    ("@ build, @ test", "@ build"),
    ("@ build|@ test", "@ build"),
    ("@ *|@ *", "@ build"),
    ("@ a | @ b", "@ a | @ b"),
    ("@ a && @ b", "@ a && @ b"),
    ("@ a; @ b", "@ a; @ b"),
    ("@ bu?ld", "@ build"),
    ("@ {build,test}", "@ build"),
    ("@ .*", "@ build"),
    ("^@ build$", "@ build"),
    ("/@ build/", "@ build"),
    ("!@ build", "@ build"),
    ("$ @ build", "@ build"),
    ("command:@ build", "@ build"),
    ("prefix:@", "@ build"),
    ("@ build:all", "@ build:all"),
    ("SHOP=1 @ build", "SHOP=1 @ build"),
    ("@ build > out", "@ build > out"),
    ("sudo @ build", "sudo @ build"),
    ("@ build --all,--fast", "@ build --all,--fast"),
    ("@\tbuild", "@\tbuild"),
    ("@ build:*, @ test:*", "@ build --all"),
    ("@ build:*), Bash(@ test:*", "@ build --all"),
    ("bash -c @", "bash -c @"),
    ("cd @ && @ *", "cd @ && @ build"),
    ("@ a && @ b:*", "@ a && @ b --all"),
    ("@ a; @ *", "@ a; @ b"),
    ("@ a || @ *", "@ a || @ b"),
    ("* && @ b", "cd @ && @ b"),
    ("@ 'a && b' *", "@ 'a && b' --all"),
    ("@ a | @ *", "@ a | @ b"),
    ("{ @ build; }", "{ @ build; }"),
    ("find . -name @ -exec * \\;", "find . -name @ -exec cat {} \\;"),
    ("@ a 2>&1", "@ a 2>&1"),
    ("@ * 2>/dev/null", "@ a 2>/dev/null"),
    ("@ a > /dev/null", "@ a > /dev/null"),
    ("@ a < in", "@ a < in"),
    ("@ [a-z]*", "@ build"),
    ("(@ build *", "@ build --all"),
)
# what stands in the brackets of Read and Edit, for a file in the folder @
_PATHS: tuple[str, ...] = (
    *("@/**", "./@/**", "/@/**", "//%/@/**", "**/@/**", "@/*", "@/data.txt", "./@/data.txt", "/@/data.txt", "@", "@/"),
    *("//%/@/data.txt", "**/@/*.txt", "@/*.txt", "@/data.*", "@/{data,other}.txt"),
    *("@/:*", "@:*", "path:@/**", "@\\data.txt", "@/[d]ata.txt", "@/d?ta.txt", "file:///%/@/**", "@//data.txt"),
    *("'@/**'", '"@/**"', "@/**, other/**", "../project/@/**", "$PWD/@/**", "${PWD}/@/**", "!@/**", "@/data.txt "),
    *(" @/**", "regex:@/.*", "@/DATA.TXT", "^@/.*$", "@/../@/**"),
)
_DOMAINS: tuple[tuple[str, Call], ...] = (
    ("domain:@.example.invalid", FETCH),
    ("domain:*.@.example.invalid", SUBDOMAIN),
    ("domain:@.example.invalid/*", FETCH),
    ("domain:http://@.example.invalid", FETCH),
    ("domain:@.*", FETCH),
    ("domain: @.example.invalid", FETCH),
    ("domain:@.example.invalid ", FETCH),
    ("domain:@.EXAMPLE.invalid", FETCH),
    ("domain:@.example.invalid:*", FETCH),
    ("@.example.invalid", FETCH),
    ("http://@.example.invalid/*", FETCH),
    ("https://@.example.invalid/page", FETCH),
    ("http://@.example.invalid/page", FETCH),
    ("url:http://@.example.invalid/*", FETCH),
    ("Domain:@.example.invalid", FETCH),
    ("host:@.example.invalid", FETCH),
    ("*@*", FETCH),
    ("domain:@.example.invalid,other.example", FETCH),
)
_NAMES = ("@", "@ ", " @", "(@", "'@'", "[@]", "@,other", "@:*", "name:@")
_OTHER: tuple[tuple[str, Call], ...] = (
    ("bash(@ *)", BUILD),
    ("BASH(@ *)", BUILD),
    ("Bash(@ *", BUILD),
    ("Bash (@ *)", BUILD),
    ("Bash(@ *),", BUILD),
    ("Bash(@ *) ", BUILD),
    (" Bash(@ *)", BUILD),
    ("Bash:@ *", BUILD),
    ("Bash: @ *", BUILD),
    ("Bash @ *", BUILD),
    ("Bash[@ *]", BUILD),
    ("Bash{@ *}", BUILD),
    ("Bash@ *)", BUILD),
    ("Shell(@ *)", BUILD),
    ("Terminal(@ *)", BUILD),
    ("Execute(@ *)", BUILD),
    ("run_command(@ *)", BUILD),
    ("Bsah(@ *)", BUILD),
    ("@ *", BUILD),
    ("B*sh(@ *)", BUILD),
    ("!Bash(@ *)", BUILD),
    ("Bash(@ *) Bash(other *)", BUILD),
    ("Bash(@ *), Bash(other *)", BUILD),
    ("Bash(@ *)|Bash(other *)", BUILD),
    ("Write(@/**)", WRITE),
    ("Write(@/new.txt)", WRITE),
    ("write(@/**)", WRITE),
    ("MultiEdit(@/**)", EDIT),
    ("NotebookEdit(@/**)", NOTEBOOK),
    ("Edit(@/**)", WRITE),
    ("Edit(@/**)", NOTEBOOK),
    ("Update(@/**)", EDIT),
    ("LS(@)", READ),
    *((f"{tool}({inside})", AGENT) for tool in ("Agent", "Task") for inside in _NAMES),
    *((f"Skill({inside})", SKILL) for inside in _NAMES),
    ("View(@/**)", READ),
    ("FileRead(@/**)", READ),
    ("read(@/**)", READ),
    ("Reads(@/**)", READ),
    ("mcp__shop__@", MCP),
    ("mcp__shop__@*", MCP),
    ("mcp__shop__@()", MCP),
    ("mcp__shop__@(*)", MCP),
    ("mcp_shop_@", MCP),
    ("mcp:shop:@", MCP),
    ("shop__@", MCP),
    ("@", MCP),
    ("mcp__*__@", MCP),
    ("MCP__shop__@", MCP),
    ("Skill(@ *)", SKILL),
    ("Skill(/@)", SKILL),
    ("skill(@)", SKILL),
    ("SlashCommand(/@)", SKILL),
    ("SlashCommand(/@:*)", SKILL),
    ("Skill(@*)", SKILL),
    ("agent(@)", AGENT),
    ("Agent(@*)", AGENT),
    ("Agent(subagent_type:@)", AGENT),
    ("Subagent(@)", AGENT),
    ("Agent(agent:@)", AGENT),
    ("WebSearch(@)", SEARCH),
    ("WebSearch(@ *)", SEARCH),
    ("WebSearch(query:@)", SEARCH),
)
# these match calls of other cases, too
_WHOLE_TOOLS: tuple[tuple[str, Call], ...] = (
    *((form, BUILD) for form in ("Bash", "Bash(*)", "Bash()", "Bash(:*)", "Bash( )", "Bash(**)", "bash", "B*", "*")),
    *((form, BUILD) for form in ("B*(*)", "*(**)")),
    *((form, READ) for form in ("Read", "Read(*)", "Read(**)", "Read()", "Read(/**)", "read", "Read(//**)")),
    *((form, WRITE) for form in ("Write", "Write(*)", "Write(**)", "Write()")),
    *((form, EDIT) for form in ("Edit", "Edit(*)", "Edit(**)", "Edit()", "Edit(/**)", "edit", "Edit(./**)")),
    *((form, MCP) for form in ("mcp__shop", "mcp__shop__*", "mcp__*", "mcp__shop__", "mcp__shop(*)", "mcp", "mcp__")),
    *((form, FETCH) for form in ("WebFetch", "WebFetch(*)", "WebFetch(domain:*)", "WebFetch()", "Fetch", "webfetch")),
    *((form, SKILL) for form in ("Skill", "Skill(*)", "Skills")),
    *((form, AGENT) for form in ("Agent", "Agent(*)", "Task", "Agents")),
    *((form, SEARCH) for form in ("WebSearch", "WebSearch(*)", "Web Search")),
)

FORMS: tuple[tuple[str, Call], ...] = (
    *((f"Bash({inside})", bash(command)) for inside, command in _COMMANDS),
    ("Bash(TOUCH @)", bash("touch @")),
    ("Bash(Git @ *)", bash("git @ a")),
    ("Bash(GIT @:*)", bash("git @ a")),
    ("Bash(MAKE:@)", bash("make @")),
    *((f"Read({inside})", READ) for inside in _PATHS),
    *((f"Edit({inside})", EDIT) for inside in _PATHS),
    ("Read(@/*)", DEEP),
    ("Read(@/**/*.txt)", DEEP),
    ("Read(@/deep)", DEEP),
    *((f"WebFetch({inside})", call) for inside, call in _DOMAINS),
    *_OTHER,
)
WHOLE_TOOLS = _WHOLE_TOOLS
GOOD: tuple[tuple[str, Call], ...] = (
    *((f"Bash({inside})", bash(command)) for inside, command in _COMMANDS[:8]),
    *((f"Read({inside})", READ) for inside in _PATHS[:8]),
    *((f"Edit({inside})", EDIT) for inside in _PATHS[:8]),
    ("WebFetch(domain:@.example.invalid)", FETCH),
    ("mcp__shop__@", MCP),
    ("Skill(@)", SKILL),
    ("Agent(@)", AGENT),
)
