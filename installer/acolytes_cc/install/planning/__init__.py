"""What an installation will change: the rendered files, compared with those on the disk."""
