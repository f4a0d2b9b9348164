"""What measures are worth, which to take, and in which order."""
