"""The page that `acolytes-quest serve` shows on this machine."""
