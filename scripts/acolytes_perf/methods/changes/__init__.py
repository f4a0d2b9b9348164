"""Where the level of a series changed, and which events were near."""
