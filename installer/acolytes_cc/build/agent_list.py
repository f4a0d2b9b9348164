"""The list of our agents in the plugin's README."""

from __future__ import annotations

from acolytes_cc.agent_declarations import declared_agents


def readme_list() -> str:
    """Return the part of the plugin's README that lists the agents."""
    return "\n".join(
        f"- **`acolytes:{agent.name}`** {agent.summary}.\n  `@agent-acolytes:{agent.name} {agent.example}`"
        for agent in declared_agents()
    )
