"""Does each mistake that people really make turn a test red?  ``python3 dev.py mutate`` asks."""
