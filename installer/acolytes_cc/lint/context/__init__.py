"""What a rule can see besides its file: the other files of the run, what lies around them, comments, tools."""
