"""What environments.py tries: machines, Debian systems, and ways to install."""
