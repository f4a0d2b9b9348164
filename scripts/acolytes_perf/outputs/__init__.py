"""Forms of an answer: text, JSON, charts, files, and formats of other tools."""
