"""``acolytes lint --verify-with-client``: what the real client does with the files, and whether the linter agrees."""
