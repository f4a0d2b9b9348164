"""The live view of the board in a terminal."""
