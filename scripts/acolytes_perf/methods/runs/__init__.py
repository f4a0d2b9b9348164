"""Load-test runs, read from their result files."""
