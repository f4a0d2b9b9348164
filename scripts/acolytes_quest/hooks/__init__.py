"""What hooks ask of the board; `api` is all that they import."""
