"""Whether load-test runs differ, and by how much."""
