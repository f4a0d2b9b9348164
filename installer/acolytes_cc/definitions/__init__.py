"""Reads an agent definition as the client does: frontmatter with positions, body, models."""
