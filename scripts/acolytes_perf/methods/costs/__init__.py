"""What suppliers charge, and which one is the cheapest."""
