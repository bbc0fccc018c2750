"""What backlit asks of the machine it runs on: the cache folder, forks, notebooks."""
