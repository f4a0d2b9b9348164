"""What a user writes: quantities with their units, fields and tables of them, and what several commands ask for."""
