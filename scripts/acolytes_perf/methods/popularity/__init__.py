"""What follows when some objects are requested more often than others: hits of a cache, and the busiest shard."""
