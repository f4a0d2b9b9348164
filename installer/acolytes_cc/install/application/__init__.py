"""The application's own folder: its users, its launchers, its version, and where it comes from."""
