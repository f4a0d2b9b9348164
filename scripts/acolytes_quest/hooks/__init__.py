"""The rules that hooks apply to agents of a quest; `api` is all that the hooks import."""
