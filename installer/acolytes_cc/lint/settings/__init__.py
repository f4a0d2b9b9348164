"""What the user wants: the settings file, the rules that run, the baseline."""
