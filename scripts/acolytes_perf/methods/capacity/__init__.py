"""What a size can carry: scalability, the size for an event, autoscaling and container limits."""
