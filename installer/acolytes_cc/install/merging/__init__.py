"""The three-way merge of one definition: what was installed, what the user made of it, and the new version."""
