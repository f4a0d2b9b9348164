"""What is on the disk: where it is, how a file is written, and what the manifest holds."""
