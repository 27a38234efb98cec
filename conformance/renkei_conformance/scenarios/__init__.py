"""The use cases of the seed, end to end."""
