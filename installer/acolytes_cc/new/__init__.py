"""Makes a new agent definition from the template in ``agent_templates/new``."""
